import type { EventCondition, Times } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { DurationField, NumberField, Pick, TextField } from './parts/fields.tsx'
import { PropertyFilters } from './parts/property-filters.tsx'
import { Sentence } from './parts/words.tsx'

const often: readonly (readonly [Times['op'], string])[] = [
  ['at-least', 'at least'],
  ['at-most', 'at most'],
  ['exactly', 'exactly'],
]

function EventEditor({ condition, onChange, isWrong }: EditorProps<EventCondition>) {
  const { event, where = [], times } = condition
  const never = times.op === 'exactly' && times.n === 0
  const set = (change: Partial<EventCondition>): void => onChange({ ...condition, ...change })
  return (
    <div>
      <Sentence>
        <Pick
          label="Did it or not"
          value={never ? 'did-not' : 'did'}
          options={[
            ['did', 'did'],
            ['did-not', 'did not do'],
          ]}
          onChange={(said) => set({ times: said === 'did' ? { op: 'at-least', n: 1 } : { op: 'exactly', n: 0 } })}
        />
        <TextField
          label="Event"
          placeholder="event, such as Order Completed"
          value={event}
          wrong={isWrong('event')}
          onChange={(next) => set({ event: next })}
        />
        {never ? null : (
          <>
            <Pick
              label="How often"
              value={times.op}
              options={often}
              onChange={(op) => set({ times: { op, n: op === 'at-least' ? Math.max(1, times.n) : times.n } })}
            />
            <NumberField
              label="Times"
              whole
              value={times.n}
              wrong={isWrong('times.n')}
              onChange={(n) => set({ times: { op: times.op, n } })}
            />
            <span>{times.n === 1 ? 'time' : 'times'}</span>
          </>
        )}
        <Within condition={condition} wrong={isWrong('within')} onChange={onChange} />
      </Sentence>
      <PropertyFilters
        event={event === '' ? 'the event' : event}
        filters={where}
        isWrong={(field) => isWrong(`where.${field}`)}
        onChange={(next) => {
          const { where: _, ...bare } = condition
          onChange(next.length === 0 ? bare : { ...bare, where: next })
        }}
      />
    </div>
  )
}

function Within({
  condition,
  wrong,
  onChange,
}: {
  readonly condition: EventCondition
  readonly wrong: boolean
  readonly onChange: (next: EventCondition) => void
}) {
  const { within, ...ever } = condition
  return (
    <>
      <Pick
        label="When"
        value={within === undefined ? 'ever' : 'within'}
        options={[
          ['ever', 'ever'],
          ['within', 'in the last'],
        ]}
        onChange={(when) => onChange(when === 'ever' ? ever : { ...ever, within: '30 days' })}
      />
      {within === undefined ? null : (
        <DurationField label="How long" value={within} wrong={wrong} onChange={(next) => onChange({ ...ever, within: next })} />
      )}
    </>
  )
}

/** What somebody did or did not do, how often and how lately. */
export const eventEditor: ConditionEditor<EventCondition> = {
  choices: [
    {
      shelf: 'Bought or did something',
      title: 'Did something',
      hint: 'Order Completed at least twice in the last 90 days',
      also: 'event behaviour bought ordered viewed visited times frequency',
      make: () => ({ kind: 'event', event: '', times: { op: 'at-least', n: 1 }, within: '30 days' }),
    },
    {
      shelf: 'Bought or did something',
      title: 'Did not do something',
      hint: 'no Order Completed in the last 30 days',
      also: 'event never not absent inactive',
      make: () => ({ kind: 'event', event: '', times: { op: 'exactly', n: 0 }, within: '30 days' }),
    },
  ],
  Editor: EventEditor,
}
