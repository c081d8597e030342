import type { Comparison, Json, MeasureCondition } from '@throughline/contracts'
import { isPending, type ConditionBehaviour } from './behaviour.ts'
import { compileComparison, comparisonToSql, describeComparison, type CompiledComparison } from './comparisons/index.ts'
import { compileMeasure, describeMeasure, exactnessOfMeasure, measureToSql } from './measures/index.ts'
import { unknown, type Change } from './measures/measure.ts'

/** A figure about what the person did, compared. */
export const measureCondition: ConditionBehaviour<MeasureCondition> = {
  compile({ measure, compare }, compiler) {
    const { leaf, traits, timed, value, changes } = compileMeasure(measure, compiler)
    const comparison = compileComparison(compare, compiler.context)
    const bounds = numbersIn(compare)
    return {
      leaves: [leaf],
      traits,
      timed: timed || comparison.nextChangeAt !== null,
      value: (view, now) => (isPending(view, leaf.key) ? 'pending' : comparison.test(value(view, now), now)),
      nextChangeAt: (view, now) => nextFlip(comparison, value(view, now), changes(view, now, bounds), now),
    }
  },
  toSql: ({ measure, compare }, sql) => comparisonToSql(compare, { json: measureToSql(measure, sql), clock: '{now:Int64}' }, sql),
  describe: ({ measure, compare }) => `${describeMeasure(measure)} ${describeComparison(compare)}`,
  exactness: ({ measure }) => exactnessOfMeasure(measure),
  children: () => [],
}

/**
 * The first instant after `now` at which a comparison of a value that changes gives another answer: because the value became
 * another, or because time changed what it is compared with. Where the value is unknown from an instant on, that instant: asked
 * again then, all is known.
 */
export function nextFlip(
  { test, nextChangeAt }: CompiledComparison,
  value: Json | undefined,
  changes: Iterable<Change>,
  now: number,
): number | null {
  const holds = test(value, now)
  let [standing, since] = [value, now]
  for (const [at, next] of changes) {
    const turns = nextChangeAt?.(standing, since) ?? null
    if (turns !== null && turns < at) return turns
    if (next === unknown || test(next, at) !== holds) return at
    standing = next
    since = at
  }
  return nextChangeAt?.(standing, since) ?? null
}

/** The numbers at which the answer to a comparison can change. */
export function numbersIn(compare: Comparison): readonly number[] {
  return Object.values(compare)
    .flat()
    .filter((part) => typeof part === 'number')
}
