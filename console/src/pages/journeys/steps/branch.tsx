import { IconArrowsSplit2 } from '@tabler/icons-react'
import type { StepOf } from '@throughline/contracts'
import { TextField } from '../../segments/editors/parts/fields.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { clauseOf } from '../../segments/builder/words.ts'
import { ConditionField, noCondition } from './parts/condition-field.tsx'
import { PathBlock, PathButton } from './parts/path-block.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadAt, withKey } from './ways.ts'

type Branch = StepOf<'branch'>
const pathWords = ({ name, if: condition }: Branch['paths'][number]): string => name ?? (clauseOf(condition) || '…')

function Fields({ step, onChange, way }: StepFieldsProps<Branch>) {
  const { paths } = step
  return (
    <>
      <p className="soft">The first way whose conditions hold is taken.</p>
      {paths.map((path, index) => (
        <PathBlock
          key={index}
          title={paths.length === 1 ? 'If' : `Way ${index + 1}: if`}
          onRemove={paths.length > 1 ? () => onChange({ ...step, paths: paths.toSpliced(index, 1) }) : undefined}
          onUp={index > 0 ? () => onChange({ ...step, paths: paths.toSpliced(index - 1, 2, path, paths[index - 1]!) }) : undefined}
          way={way(index)}
        >
          <ConditionField value={path.if} onChange={(next) => onChange({ ...step, paths: paths.with(index, { ...path, if: next }) })} />
          <Sentence>
            <span>called</span>
            <TextField
              label={`Name of way ${index + 1}`}
              placeholder="by its condition"
              value={path.name ?? ''}
              onChange={(name) => onChange({ ...step, paths: paths.with(index, withKey(path, 'name', name === '' ? undefined : name)) })}
            />
          </Sentence>
        </PathBlock>
      ))}
      <PathButton onClick={() => onChange({ ...step, paths: [...paths, { if: noCondition }] })}>Ask for something else</PathButton>
      <PathBlock title="Everybody else" way={way('otherwise')} />
    </>
  )
}

/** Takes the first way whose condition holds. */
export const branchEditor: StepEditor<Branch> = {
  shelf: 'Decide',
  title: 'Split by conditions',
  hint: 'good customers this way, everybody else that way',
  also: 'if branch yes no true false segment decision filter',
  Icon: IconArrowsSplit2,
  tone: 'decide',
  make: () => ({ kind: 'branch', paths: [{ if: noCondition }] }),
  ways: ({ paths, otherwise }) => [
    ...paths.map((path, port) => ({ port, to: path.next, when: pathWords(path) })),
    { port: 'otherwise', to: otherwise, when: 'everybody else' },
  ],
  lead: (step, port, to) => (typeof port === 'number' ? { ...step, paths: leadAt(step.paths, port, to) } : withKey(step, 'otherwise', to)),
  sentence: ({ paths }) => `Looks whether ${paths.map(pathWords).join(', or ')}`,
  Fields,
}
