import { rfmGroups } from '@throughline/contracts'
import type { RfmCondition } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { Toggles } from './parts/toggles.tsx'
import { Line, Sentence } from './parts/words.tsx'

const groups = rfmGroups.map(({ id, name }) => [id, name] as const)
const scores = [1, 2, 3, 4, 5].map((score) => [score, String(score)] as const)

/** The condition with one part in place of what stood; none of it chosen is any. */
function withPart<K extends 'groups' | 'recency' | 'frequency' | 'money'>(
  condition: RfmCondition,
  part: K,
  chosen: NonNullable<RfmCondition[K]>,
): RfmCondition {
  const { [part]: _, ...rest } = condition
  return chosen.length === 0 ? { ...rest, kind: 'rfm' } : { ...rest, kind: 'rfm', [part]: chosen }
}

function RfmEditor({ condition, onChange }: EditorProps<RfmCondition>) {
  return (
    <>
      <Sentence>
        <span>among all buyers is</span>
        <Toggles
          label="Groups"
          options={groups}
          chosen={condition.groups ?? []}
          any="in any group"
          onChange={(chosen) => onChange(withPart(condition, 'groups', chosen))}
        />
      </Sentence>
      {(['recency', 'frequency', 'money'] as const).map((part) => (
        <Line key={part}>
          <span>{part}</span>
          <Toggles
            label={`Scores of ${part}, 5 being best`}
            options={scores}
            chosen={condition[part] ?? []}
            any="any score"
            onChange={(chosen) => onChange(withPart(condition, part, chosen))}
          />
        </Line>
      ))}
    </>
  )
}

/** Where somebody stands among all buyers. */
export const rfmEditor: ConditionEditor<RfmCondition> = {
  choices: [
    {
      shelf: 'Bought or did something',
      title: 'Where they stand among buyers (RFM)',
      hint: 'champions, at risk; recency 4 or 5',
      also: 'rfm recency frequency money monetary score percentile vip champions loyal lost hibernating group',
      make: () => ({ kind: 'rfm', groups: ['champions'] }),
    },
  ],
  Editor: RfmEditor,
}
