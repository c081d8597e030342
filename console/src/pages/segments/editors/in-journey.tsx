import { useQuery } from '@tanstack/react-query'
import type { JourneyCondition } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { Pick } from './parts/fields.tsx'
import { NamedField } from './parts/named-field.tsx'
import { Sentence } from './parts/words.tsx'

function InJourneyEditor({ condition, onChange }: EditorProps<JourneyCondition>) {
  const journeys = useQuery({ ...ask('journeys', {}), staleTime: 60_000 })
  return (
    <Sentence>
      <Pick
        label="How they stand to it"
        value={condition.is}
        options={[
          ['in', 'is in'],
          ['was-in', 'was in, and is no more in'],
          ['never-in', 'was never in'],
          ['reached-goal', 'reached the goal of'],
        ]}
        onChange={(is) => onChange({ ...condition, is })}
      />
      <span>the journey</span>
      <NamedField
        label="Journey"
        what="journey"
        value={condition.journey}
        items={journeys.data?.items}
        onChange={(journey) => onChange({ ...condition, journey })}
      />
    </Sentence>
  )
}

/** How somebody stands to a journey. */
export const inJourneyEditor: ConditionEditor<JourneyCondition> = {
  choices: [
    {
      shelf: 'Standing',
      title: 'Is, was or was never in a journey',
      hint: 'reached the goal of Recover abandoned carts',
      also: 'campaign automation flow goal',
      make: () => ({ kind: 'journey', journey: '', is: 'in' }),
    },
  ],
  Editor: InJourneyEditor,
}
