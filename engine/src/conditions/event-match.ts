import { valueAt, type EventMatch, type PropertyFilter } from '@throughline/contracts'
import type { Occurrence } from './behaviour.ts'
import { compileComparison, comparisonToSql, describeComparison } from './comparisons.ts'
import type { SqlBuilder } from './sql-builder.ts'

/** A compiled {@link EventMatch}: whether this event is meant. The name is checked too. */
export type Matcher = (occurrence: Occurrence) => boolean

/** The match as a function of the event. */
export function compileMatch(match: EventMatch): Matcher {
  const { event } = match
  const filters = compileFilters(match.where)
  return filters === null ? ({ name }) => name === event : (occurrence) => occurrence.name === event && filters(occurrence)
}

/** All property filters together, without the event's name; `null` when there are none. */
export function compileFilters(where: readonly PropertyFilter[] | undefined): Matcher | null {
  if (where === undefined || where.length === 0) return null
  const tests = where.map(({ property, compare }) => ({ property, test: compileComparison(compare) }))
  return ({ properties }) => tests.every(({ property, test }) => test(valueAt(properties, property)))
}

/** The filters as a ClickHouse expression over the column `properties`. */
export function filtersToSql(where: readonly PropertyFilter[] | undefined, sql: SqlBuilder): readonly string[] {
  return (where ?? []).map(({ property, compare }) => comparisonToSql(compare, sql.jsonAt('properties', property), sql))
}

/** `Product Viewed where category is shoes and price is at least 50`. */
export function describeMatch(match: EventMatch): string {
  const filters = (match.where ?? []).map(({ property, compare }) => `${property} ${describeComparison(compare)}`)
  return filters.length === 0 ? match.event : `${match.event} where ${filters.join(' and ')}`
}
