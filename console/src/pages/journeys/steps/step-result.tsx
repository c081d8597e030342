import { use } from 'react'
import { IconArrowBackUp } from '@tabler/icons-react'
import type { EventFilter, StepOf, StepResult } from '@throughline/contracts'
import { describeFilters, ruleNames } from '@throughline/engine'
import { Pick } from '../../segments/editors/parts/fields.tsx'
import { AddFilter, PropertyFilters } from '../../segments/editors/parts/property-filters.tsx'
import { Sentence } from '../../segments/editors/parts/words.tsx'
import { EarlierStepField, EarlierStepsContext } from './parts/earlier-step-field.tsx'
import { PathBlock, PathButton } from './parts/path-block.tsx'
import type { StepEditor, StepFieldsProps } from './step-editor.ts'
import { leadAt, withKey } from './ways.ts'

type ResultStep = StepOf<'step-result'>

const resultWords = (is: StepResult): string => {
  switch (is.kind) {
    case 'sent':
      return 'it was sent'
    case 'held':
      return is.rule === undefined ? 'it was not sent' : `held back by ${is.rule}`
    case 'way':
      return typeof is.way === 'number' ? `took way ${is.way + 1}` : is.way === 'next' ? 'took its way on' : 'took the way of the others'
    case 'answer':
      return is.where.length === 0 ? 'it was answered' : `its answer has ${describeFilters(is.where)}`
    case 'not-taken':
      return 'was never there'
    default:
      return is satisfies never
  }
}

const answered: readonly [StepResult, string] = [{ kind: 'answer', where: [] }, 'what it answered']

/** A result as one word of a list. */
const keyOf = (is: StepResult): string =>
  is.kind === 'way' ? `way ${is.way}` : is.kind === 'held' && is.rule !== undefined ? `held ${is.rule}` : is.kind

function Fields({ step, onChange, isWrong, way }: StepFieldsProps<ResultStep>) {
  const { paths } = step
  const of = use(EarlierStepsContext).find(({ id }) => id === step.of)
  const results: readonly (readonly [StepResult, string])[] = [
    ...(of?.says === true
      ? [
          [{ kind: 'sent' }, 'its message was sent'] as const,
          [{ kind: 'held' }, 'its message was not sent'] as const,
          ...ruleNames.map((rule) => [{ kind: 'held', rule }, `its message was held back by ${rule}`] as const),
        ]
      : []),
    ...(of?.answers === true ? [answered] : []),
    ...(of?.ways ?? []).map(([port, words]) => [{ kind: 'way', way: port }, `took the way: ${words}`] as const),
    [{ kind: 'not-taken' }, 'was never there'],
  ]
  const set = (index: number, key: string): void => {
    const chosen = results.find(([is]) => keyOf(is) === key)
    if (chosen !== undefined) onChange({ ...step, paths: paths.with(index, { ...paths[index]!, is: chosen[0] }) })
  }
  const setWhere = (index: number, where: readonly EventFilter[]): void =>
    onChange({ ...step, paths: paths.with(index, { ...paths[index]!, is: { kind: 'answer', where: [...where] } }) })
  return (
    <>
      <Sentence>
        <span>What came of</span>
        <EarlierStepField label="Step" value={step.of} onChange={(id) => onChange({ ...step, of: id })} />
      </Sentence>
      {paths.map((path, index) => {
        const known = results.some(([is]) => keyOf(is) === keyOf(path.is))
        return (
          <PathBlock
            key={index}
            title={`If ${index + 1}`}
            onRemove={paths.length > 1 ? () => onChange({ ...step, paths: paths.toSpliced(index, 1) }) : undefined}
            way={way(index)}
          >
            <Sentence>
              <Pick
                label={`Result ${index + 1}`}
                value={keyOf(path.is)}
                options={[
                  ...(known ? [] : [[keyOf(path.is), resultWords(path.is)] as const]),
                  ...results.map(([is, words]) => [keyOf(is), words] as const),
                ]}
                onChange={(key) => set(index, key)}
              />
              {path.is.kind === 'answer' ? <AddFilter filters={path.is.where} onChange={(where) => setWhere(index, where)} /> : null}
            </Sentence>
            {path.is.kind === 'answer' ? (
              <PropertyFilters
                event=""
                filters={path.is.where}
                isWrong={(field) => isWrong(`paths.${index}.is.${field}`)}
                onChange={(where) => setWhere(index, where)}
              />
            ) : null}
          </PathBlock>
        )
      })}
      <PathButton onClick={() => onChange({ ...step, paths: [...paths, { is: { kind: 'not-taken' } }] })}>
        Ask for something else
      </PathButton>
      <PathBlock title="Everybody else" way={way('otherwise')} />
    </>
  )
}

/** Branches on what came of an earlier step of the run. */
export const stepResultEditor: StepEditor<ResultStep> = {
  shelf: 'Decide',
  title: 'Split by an earlier step',
  hint: 'the e-mail was held back: say it by push',
  also: 'result outcome sent held back way taken which',
  Icon: IconArrowBackUp,
  tone: 'decide',
  make: () => ({ kind: 'step-result', of: '', paths: [{ is: { kind: 'sent' } }] }),
  ways: ({ paths, otherwise }) => [
    ...paths.map(({ name, is, next }, port) => ({ port, to: next, when: name ?? resultWords(is) })),
    { port: 'otherwise', to: otherwise, when: 'everybody else' },
  ],
  lead: (step, port, to) => (typeof port === 'number' ? { ...step, paths: leadAt(step.paths, port, to) } : withKey(step, 'otherwise', to)),
  rename: (step, idOf) => ({ ...step, of: idOf(step.of) }),
  sentence: ({ of }, names) => `Looks what came of ${of === '' ? '…' : `“${names.step(of)}”`}`,
  Fields,
}
