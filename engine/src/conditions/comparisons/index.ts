import type { Comparison, Problem } from '@throughline/contracts'
import type { ConditionContext } from '../context.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { anniversary } from './anniversary.ts'
import type { ComparisonBehaviour, ComparisonRegistry, CompiledComparison, SqlValue } from './behaviour.ts'
import { dateComparisons } from './dates.ts'
import { listComparisons } from './lists.ts'
import { numberComparisons } from './numbers.ts'
import { scalarComparisons } from './scalars.ts'
import { textComparisons } from './texts.ts'
import { versionComparisons } from './versions.ts'

/*
 * Comparisons of one value, with the same answer in the engine and in ClickHouse. What each family holds for stands at the top
 * of its file.
 */
export type { CompiledComparison, Test } from './behaviour.ts'
export { dayOf, instantOf, instantToSql, rangeOf } from './date-value.ts'
export { bind, isText, textOf } from './sql-values.ts'

const registry: ComparisonRegistry = {
  ...scalarComparisons,
  ...textComparisons,
  ...versionComparisons,
  ...numberComparisons,
  ...dateComparisons,
  anniversary,
  ...listComparisons,
}

function behaviourOf(comparison: Comparison): ComparisonBehaviour<Comparison> {
  // The registry pairs every operator with its behaviour; TypeScript cannot follow the pairing through a union.
  return registry[comparison.op] as ComparisonBehaviour<Comparison>
}

/** The comparison as functions of the value. */
export function compileComparison(comparison: Comparison, context: ConditionContext): CompiledComparison {
  return behaviourOf(comparison).compile(comparison, context)
}

/** The comparison as a ClickHouse expression, 0 or 1. */
export function comparisonToSql(comparison: Comparison, value: SqlValue, sql: SqlBuilder): string {
  return behaviourOf(comparison).toSql(comparison, value, sql)
}

/** The comparison in words, after the name of what is compared: `is GB`, `is at least 5`, `is known`. */
export function describeComparison(comparison: Comparison): string {
  return behaviourOf(comparison).describe(comparison)
}

/**
 * What is wrong with a comparison that its schema cannot see; `field` is one of its own.
 * @param ofEvent it compares a property of an event, not what is known of a person now
 */
export function findComparisonProblem(comparison: Comparison, ofEvent: boolean): Problem | null {
  const { aboutToday, problem } = behaviourOf(comparison)
  if (ofEvent && aboutToday === true) {
    return {
      field: 'op',
      value: comparison.op,
      allowed: 'a comparison that does not hang on what day it is; "weekday" and "between-dates" are some',
      message: `"${comparison.op}" asks what day it is today, and the properties of an event are of the day of the event`,
    }
  }
  return problem?.(comparison) ?? null
}
