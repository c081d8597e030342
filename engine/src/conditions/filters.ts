import { valueAt, type PropertyFilter } from '@throughline/contracts'
import type { Occurrence } from './behaviour.ts'
import { compileComparison, comparisonToSql, describeComparison } from './comparisons/index.ts'
import type { ConditionContext } from './context.ts'
import type { SqlBuilder } from './sql-builder.ts'

/** Whether an event passes, by its properties alone. */
type Filter = (occurrence: Occurrence) => boolean

/** All property filters together, without the event's name; `null` when there are none. */
export function compileFilters(where: readonly PropertyFilter[] | undefined, context: ConditionContext): Filter | null {
  if (where === undefined || where.length === 0) return null
  const tests = where.map(({ property, compare }) => ({ property, test: compileComparison(compare, context).test }))
  return ({ properties, at }) => tests.every(({ property, test }) => test(valueAt(properties, property), at))
}

/** The filters as ClickHouse expressions over the columns `properties` and `at`; all of them have to hold. */
export function filtersToSql(where: readonly PropertyFilter[] | undefined, sql: SqlBuilder): readonly string[] {
  return (where ?? []).map(({ property, compare }) =>
    comparisonToSql(compare, { json: sql.jsonAt('properties', property), clock: 'at' }, sql),
  )
}

/** The filters in one form whatever order they were written in, as plain JSON: part of the keys of memories. */
export function normaliseFilters(where: readonly PropertyFilter[] | undefined): readonly string[] {
  return (where ?? []).map(({ property, compare }) => JSON.stringify([property, normaliseKeys(compare)])).sort()
}

/** `category is shoes and price is at least 50`; empty when there are none. */
export function describeFilters(where: readonly PropertyFilter[] | undefined): string {
  return (where ?? []).map(({ property, compare }) => `${property} ${describeComparison(compare)}`).join(' and ')
}

function normaliseKeys(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}
