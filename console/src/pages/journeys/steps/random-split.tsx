import { IconArrowsShuffle } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { NumberField, TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { PathBlock, PathButton } from './parts/path-block.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadAt, withKey } from './ways.ts'

type RandomSplit = StepOf<'random-split'>

/** The share of each way as text: `33.3 %`. */
function shares(paths: RandomSplit['paths']): readonly string[] {
  const whole = paths.reduce((sum, { weight }) => sum + weight, 0)
  return paths.map(({ weight }) => (Number.isFinite(weight / whole) ? `${Number(((weight / whole) * 100).toFixed(1))} %` : '…'))
}

function Fields({ step, onChange, isWrong, way }: StepFieldsProps<RandomSplit>) {
  const { paths } = step
  const said = shares(paths)
  return (
    <>
      <p className="soft">By chance, but the same person always goes the same way.</p>
      {paths.map((path, index) => (
        <PathBlock
          key={index}
          title={`Way ${index + 1}`}
          onRemove={paths.length > 2 ? () => onChange({ ...step, paths: paths.toSpliced(index, 1) }) : undefined}
          way={way(index)}
        >
          <Sentence>
            <NumberField
              label={`Parts of way ${index + 1}`}
              value={path.weight}
              wrong={isWrong(`paths.${index}.weight`)}
              onChange={(weight) => onChange({ ...step, paths: paths.with(index, { ...path, weight }) })}
            />
            <span>parts: {said[index]} of people, called</span>
            <TextField
              label={`Name of way ${index + 1}`}
              placeholder="by its share"
              value={path.name ?? ''}
              onChange={(name) => onChange({ ...step, paths: paths.with(index, withKey(path, 'name', name === '' ? undefined : name)) })}
            />
          </Sentence>
        </PathBlock>
      ))}
      <PathButton onClick={() => onChange({ ...step, paths: [...paths, { weight: 50 }] })}>Add another way</PathButton>
    </>
  )
}

/** Sends each person one of several ways at random. */
export const randomSplitEditor: StepEditor<RandomSplit> = {
  shelf: 'Decide',
  title: 'Split at random',
  hint: '90 % get the message, 10 % do not',
  also: 'a/b test experiment hold-out percentage chance variant',
  Icon: IconArrowsShuffle,
  tone: 'decide',
  make: () => ({ kind: 'random-split', paths: [{ weight: 50 }, { weight: 50 }] }),
  ways: ({ paths }) => {
    const said = shares(paths)
    return paths.map(({ name, next }, port) => ({ port, to: next, when: name === undefined ? said[port]! : `${name}, ${said[port]!}` }))
  },
  lead: (step, port, to) => (typeof port === 'number' ? { ...step, paths: leadAt(step.paths, port, to) } : step),
  sentence: ({ paths }) => `Splits people at random: ${shares(paths).join(', ')}`,
  Fields,
}
