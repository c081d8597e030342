import type { EventCondition } from '@throughline/contracts'
import type { ConditionEditor, EditorProps } from './editor.ts'
import { CountingFields, DidField, withCounting } from './parts/counting.tsx'
import { AddFilter, PropertyFilters, withFilters } from './parts/property-filters.tsx'
import { EventField } from './parts/event-field.tsx'
import { WindowField, withWindow } from './parts/window.tsx'
import { Sentence } from './parts/words.tsx'

function EventEditor({ condition, onChange, isWrong }: EditorProps<EventCondition>) {
  const count = (next: Pick<EventCondition, 'times' | 'count'>): void => onChange(withCounting(condition, next))
  return (
    <>
      <Sentence>
        <DidField value={condition} did="did" didNot="did not do" onChange={count} />
        <EventField value={condition.event} wrong={isWrong('event')} onChange={(event) => onChange({ ...condition, event })} />
        <CountingFields value={condition} isWrong={isWrong} onChange={count} />
        <WindowField value={condition} isWrong={isWrong} onChange={(window) => onChange(withWindow(condition, window))} />
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
