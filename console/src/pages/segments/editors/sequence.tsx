import { IconPlus, IconX } from '@tabler/icons-react'
import type { SequenceCondition, SequenceStep } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { EventField } from './parts/event-field.tsx'
import { DurationField, Pick, TextField } from './parts/fields.tsx'
import { AddFilter, PropertyFilters, withFilters } from './parts/property-filters.tsx'
import { SuggestField } from './parts/suggest-field.tsx'
import { WindowField, withWindow } from './parts/window.tsx'
import { Line, Sentence } from './parts/words.tsx'
import { addStep, eventOf, kindOf, removeStep, setSame, setStep, stepKinds, withKind } from './sequence-steps.ts'
import styles from './parts/parts.module.css'

function SequenceEditor({ condition, onChange, isWrong }: EditorProps<SequenceCondition>) {
  const { steps, same } = condition
  const lastDone = steps.findLastIndex(({ not }) => not === undefined)
  return (
    <>
      {steps.map((step, at) => (
        <StepLine
          key={at}
          at={at}
          step={step}
          isLast={at > lastDone}
          followsOne={same !== undefined}
          isWrong={(field) => isWrong(`steps.${at}.${field}`)}
          onChange={(next) => onChange(setStep(condition, at, next))}
          onRemove={steps.length > 2 && at > 0 ? () => onChange(removeStep(condition, at)) : undefined}
        />
      ))}
      <Line>
        <button type="button" className={styles.bare} disabled={steps.length >= 8} onClick={() => onChange(addStep(condition, {}))}>
          <IconPlus size={13} aria-hidden /> then…
        </button>
        <button
          type="button"
          className={styles.bare}
          disabled={steps.length >= 8}
          onClick={() => onChange(addStep(condition, { not: true }))}
        >
          <IconPlus size={13} aria-hidden /> then not…
        </button>
        {steps.length >= 8 ? <span className={styles.small}>8 steps are the most</span> : null}
      </Line>
      <Line>
        <Pick
          label="Whether all steps are about the same thing"
          value={same === undefined ? 'any' : 'same'}
          options={[
            ['any', 'whatever they are about'],
            ['same', 'all with the same'],
          ]}
          onChange={(next) => onChange(setSame(condition, next === 'same' ? '' : undefined))}
        />
        {same === undefined ? null : (
          <SuggestField
            label="The property that is the same in all steps"
            placeholder="property, such as product_id"
            wanted={{ of: 'properties', event: eventOf(steps[0]!) }}
            value={same}
            wrong={isWrong('same')}
            onChange={(next) => onChange(setSame(condition, next))}
          />
        )}
        <span>, begun</span>
        <WindowField value={condition} isWrong={isWrong} onChange={(window) => onChange(withWindow(condition, window))} />
      </Line>
    </>
  )
}

interface StepProps {
  readonly at: number
  readonly step: SequenceStep
  /** Behind the last step that has to happen. */
  readonly isLast: boolean
  /** Whether one value is followed through the steps. */
  readonly followsOne: boolean
  readonly isWrong: (field: string) => boolean
  readonly onChange: (step: SequenceStep) => void
  readonly onRemove: (() => void) | undefined
}

function StepLine({ at, step, isLast, followsOne, isWrong, onChange, onRemove }: StepProps) {
  const number = `Step ${at + 1}`
  const kind = kindOf(step)
  const Row = at === 0 ? Sentence : Line
  const { not } = step
  return (
    <>
      <Row>
        {at === 0 ? null : (
          <Pick
            label={`${number}: happens or not`}
            value={not === true ? 'not' : 'then'}
            options={[
              ['then', 'then'],
              ['not', 'then not'],
            ]}
            onChange={(next) => {
              const { not: _, ...rest } = step
              onChange(next === 'not' ? { ...rest, not: true } : rest)
            }}
          />
        )}
        <Pick label={`${number}: what happens`} value={kind} options={stepKinds} onChange={(next) => onChange(withKind(step, next))} />
        {kind === 'event' ? (
          <EventField value={step.event ?? ''} wrong={isWrong('event')} onChange={(event) => onChange({ ...step, event })} />
        ) : (
          <TextField
            label={`${number}: name of the ${kind}`}
            placeholder="name; * for any"
            value={step[kind] ?? ''}
            wrong={isWrong(kind)}
            onChange={(name) => onChange({ ...step, [kind]: name })}
          />
        )}
        {at === 0 || (not === true && !isLast) ? null : (
          <LimitField number={number} step={step} wrong={isWrong('within')} onChange={onChange} />
        )}
        {(followsOne && at > 0) || step.same !== undefined ? (
          <PlaceField number={number} step={step} wrong={isWrong('same')} onChange={onChange} />
        ) : null}
        <AddFilter filters={step.where} onChange={(where) => onChange(withFilters(step, where))} />
        {onRemove === undefined ? null : (
          <button type="button" className={styles.bare} aria-label={`Remove step ${at + 1}`} title="Remove this step" onClick={onRemove}>
            <IconX size={14} aria-hidden />
          </button>
        )}
      </Row>
      <PropertyFilters
        event={eventOf(step)}
        filters={step.where}
        isWrong={isWrong}
        onChange={(where) => onChange(withFilters(step, where))}
      />
    </>
  )
}

/** Where the property that has to be the same lies in this step, when it is called otherwise there. */
function PlaceField({ number, step, wrong, onChange }: LimitProps) {
  const { same, ...rest } = step
  if (same === undefined) {
    return (
      <button
        type="button"
        className={styles.bare}
        title="The property is called otherwise in this event, such as products[].product_id"
        onClick={() => onChange({ ...rest, same: '' })}
      >
        called otherwise here…
      </button>
    )
  }
  return (
    <SuggestField
      label={`${number}: what the property is called here`}
      placeholder="such as products[].product_id"
      wanted={{ of: 'properties', event: eventOf(step) }}
      value={same}
      wrong={wrong}
      onChange={(next) => onChange(next === '' ? rest : { ...step, same: next })}
    />
  )
}

interface LimitProps {
  readonly number: string
  readonly step: SequenceStep
  readonly wrong: boolean
  readonly onChange: (step: SequenceStep) => void
}

function LimitField({ number, step, wrong, onChange }: LimitProps) {
  const { within, ...rest } = step
  return (
    <>
      <Pick
        label={`${number}: how soon`}
        value={within === undefined ? 'later' : 'within'}
        options={[
          ['within', 'within'],
          ['later', step.not === true ? 'ever since' : 'at any later time'],
        ]}
        onChange={(next) => onChange(next === 'within' ? { ...rest, within: '1 day' } : rest)}
      />
      {within === undefined ? null : (
        <DurationField label={`${number}: within`} value={within} wrong={wrong} onChange={(next) => onChange({ ...step, within: next })} />
      )}
    </>
  )
}

/** One thing, then another, and a third not. */
export const sequenceEditor: ConditionEditor<SequenceCondition> = {
  choices: [
    {
      shelf: 'Bought or did something',
      title: 'Did one thing, then another',
      hint: 'Product Viewed, then Product Added within 1 hour',
      also: 'sequence order steps funnel path followed after',
      make: () => ({ kind: 'sequence', steps: [{ event: '' }, { event: '', within: '1 day' }], within: '30 days' }),
    },
    {
      shelf: 'Bought or did something',
      title: 'Did one thing, then not another',
      hint: 'Product Added, then not Order Completed within 2 hours',
      also: 'sequence abandoned cart dropped off without afterwards',
      make: () => ({ kind: 'sequence', steps: [{ event: '' }, { event: '', not: true, within: '2 hours' }], within: '7 days' }),
    },
  ],
  Editor: SequenceEditor,
}
