import type { EventMatch } from '@throughline/contracts'
import { EventField } from '../../../segments/editors/parts/event-field.tsx'
import { AddFilter, PropertyFilters, withFilters } from '../../../segments/editors/parts/property-filters.tsx'
import { Sentence } from '../../../segments/editors/parts/words.tsx'

interface MatchProps {
  readonly match: EventMatch
  readonly onChange: (next: EventMatch) => void
  readonly isWrong: (field: string) => boolean
  /** What stands before the name of the event. */
  readonly lead?: string
}

/** Which events are meant: by name, and by filters on their properties. */
export function MatchField({ match, onChange, isWrong, lead }: MatchProps) {
  return (
    <>
      <Sentence>
        {lead === undefined ? null : <span>{lead}</span>}
        <EventField value={match.event} wrong={isWrong('event')} onChange={(event) => onChange({ ...match, event })} />
        <AddFilter filters={match.where} onChange={(where) => onChange(withFilters(match, where))} />
      </Sentence>
      <PropertyFilters
        event={match.event}
        filters={match.where}
        isWrong={isWrong}
        onChange={(where) => onChange(withFilters(match, where))}
      />
    </>
  )
}
