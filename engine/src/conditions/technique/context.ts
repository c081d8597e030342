import type { ContextCondition } from '@throughline/contracts'
import type { ConditionBehaviour } from '../behaviour.ts'
import { compileComparison, comparisonToSql, describeComparison } from '../comparisons/index.ts'
import type { ConditionContext } from '../context.ts'
import { fieldReaders } from './fields.ts'
import { compileSaid, describeSaid, exactnessOfSaid, saidToSql, type Asked, type Told } from './said.ts'

/** What events say of the device, the app or the place, compared: the latest, or any of all time or of a window. */
export const contextCondition: ConditionBehaviour<ContextCondition> = {
  compile: (condition, compiler) => compileSaid(condition, toldBy(condition), askedBy(condition, compiler.context), compiler),
  toSql: (condition, sql) => saidToSql(condition, toldBy(condition), askedBy(condition, sql.context), sql),
  describe(condition) {
    const { words, did } = fieldReaders[condition.field]
    const compared = describeComparison(condition.compare)
    return describeSaid(condition, `${words} ${compared}`, `${did} that ${compared}`)
  },
  exactness: exactnessOfSaid,
  children: () => [],
}

function toldBy({ field }: ContextCondition): Told {
  const { read, toSql } = fieldReaders[field]
  return { key: [field], read, toSql }
}

function askedBy({ compare }: ContextCondition, context: ConditionContext): Asked {
  const { test, nextChangeAt } = compileComparison(compare, context)
  return {
    key: JSON.stringify(Object.entries(compare).sort(([a], [b]) => (a < b ? -1 : 1))),
    test,
    nextChangeAt,
    toSql(word, clock, sql) {
      const json = `if(${word} = '', '', toJSONString(${word}))`
      return comparisonToSql(compare, { json: clock === 'at' ? sql.perEvent(json) : sql.column(json), clock }, sql)
    },
  }
}
