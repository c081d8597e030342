import type { ComputedCondition, Measure } from '@throughline/contracts'
import type { ConditionBehaviour } from './behaviour.ts'
import { compileComparison, comparisonToSql, describeComparison } from './comparisons/index.ts'
import type { ConditionContext } from './context.ts'
import { measureCondition } from './measure.ts'

/** A computed trait, compared; one that is not published has no value for anybody. */
export const computedCondition: ConditionBehaviour<ComputedCondition> = {
  compile(condition, compiler) {
    const measure = measureOf(condition, compiler.context)
    if (measure !== undefined) return measureCondition.compile({ kind: 'measure', measure, compare: condition.compare }, compiler)
    const { test } = compileComparison(condition.compare, compiler.context)
    return { leaves: [], traits: [], timed: false, value: (_, now) => test(undefined, now), nextChangeAt: () => null }
  },
  toSql(condition, sql) {
    const measure = measureOf(condition, sql.context)
    if (measure !== undefined) return measureCondition.toSql({ kind: 'measure', measure, compare: condition.compare }, sql)
    return comparisonToSql(condition.compare, { json: `''`, clock: '{now:Int64}' }, sql)
  },
  describe: ({ trait, compare }) => `${trait.replaceAll('-', ' ')} ${describeComparison(compare)}`,
  exactness: ({ trait }) => `As the computed trait ${trait} says of itself.`,
  children: () => [],
}

function measureOf({ trait }: ComputedCondition, context: ConditionContext): Measure | undefined {
  return context.find('trait', trait)?.value
}
