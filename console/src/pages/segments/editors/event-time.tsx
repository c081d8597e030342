import type { EventTimeCondition } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { EventField } from './parts/event-field.tsx'
import { DurationField, Pick } from './parts/fields.tsx'
import { AddFilter, PropertyFilters, withFilters } from './parts/property-filters.tsx'
import { WindowField, withWindow } from './parts/window.tsx'
import { Sentence } from './parts/words.tsx'

function EventTimeEditor({ condition, onChange, isWrong }: EditorProps<EventTimeCondition>) {
  const { which, longerAgo, ...rest } = condition
  return (
    <>
      <Sentence>
        <Pick
          label="Which time"
          value={which}
          options={[
            ['first', 'for the first time did'],
            ['last', 'for the last time did'],
          ]}
          onChange={(next) => onChange({ ...condition, which: next })}
        />
        <EventField value={condition.event} wrong={isWrong('event')} onChange={(event) => onChange({ ...condition, event })} />
        <Pick
          label="Lately or long ago"
          value={longerAgo === undefined ? 'window' : 'ago'}
          options={[
            ['window', 'at a time'],
            ['ago', 'longer ago than'],
          ]}
          onChange={(next) =>
            onChange(
              next === 'ago' ? { ...withWindow({ ...rest, which }, {}), longerAgo: '30 days' } : { ...rest, which, within: '30 days' },
            )
          }
        />
        {longerAgo === undefined ? (
          <WindowField value={condition} isWrong={isWrong} onChange={(window) => onChange(withWindow(condition, window))} />
        ) : (
          <DurationField
            label="How long ago"
            value={longerAgo}
            wrong={isWrong('longerAgo')}
            onChange={(next) => onChange({ ...condition, longerAgo: next })}
          />
        )}
        <AddFilter filters={condition.where} onChange={(where) => onChange(withFilters(condition, where))} />
      </Sentence>
      <PropertyFilters
        event={condition.event}
        filters={condition.where}
        isWrong={isWrong}
        onChange={(where) => onChange(withFilters(condition, where))}
      />
    </>
  )
}

/** When somebody did something for the first or the last time. */
export const eventTimeEditor: ConditionEditor<EventTimeCondition> = {
  choices: [
    {
      shelf: 'Bought or did something',
      title: 'Did it for the first time',
      hint: 'the first Order Completed in the last 7 days',
      also: 'new first time since',
      make: () => ({ kind: 'event-time', event: '', which: 'first', within: '7 days' }),
    },
    {
      shelf: 'Bought or did something',
      title: 'Has not done it for a while',
      hint: 'the last Order Completed longer ago than 60 days',
      also: 'last time recency quiet lapsed inactive',
      make: () => ({ kind: 'event-time', event: '', which: 'last', longerAgo: '60 days' }),
    },
  ],
  Editor: EventTimeEditor,
}
