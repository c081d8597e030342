import type { EventMatch } from '@throughline/contracts'
import type { Occurrence } from './behaviour.ts'
import type { ConditionContext } from './context.ts'
import { compileFilters, describeFilters } from './filters.ts'

/** A compiled {@link EventMatch}: whether this event is meant. The name is checked too. */
export type Matcher = (occurrence: Occurrence) => boolean

/** The match as a function of the event. */
export function compileMatch(match: EventMatch, context: ConditionContext): Matcher {
  const { event } = match
  const filters = compileFilters(match.where, context)
  return filters === null ? ({ name }) => name === event : (occurrence) => occurrence.name === event && filters(occurrence)
}

/** `Product Viewed where category is shoes and price is at least 50`. */
export function describeMatch(match: EventMatch): string {
  const filters = describeFilters(match.where)
  return filters === '' ? match.event : `${match.event} where ${filters}`
}
