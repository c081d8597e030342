import type { ContextCondition } from '@throughline/contracts'
import { shortKey } from '../../hash.ts'
import { lookUp } from '../../table.ts'
import { isPending, type ConditionBehaviour } from '../behaviour.ts'
import { compileComparison, comparisonToSql, describeComparison } from '../comparisons/index.ts'
import { makeLatestWord, wordIn } from '../latest-word.ts'
import { selectionToSql } from '../selection.ts'
import { fieldReaders } from './fields.ts'

/** All that people do, without what Throughline says of itself. */
const anything = { event: '*' }

/** The latest that any event said of the device, the app or the place, compared. An event that says nothing of it changes nothing. */
export const contextCondition: ConditionBehaviour<ContextCondition> = {
  compile({ field, compare }, compiler) {
    const { read } = fieldReaders[field]
    const memoryKey = shortKey(JSON.stringify(['context', field]))
    const leaf = compiler.leaf(memoryKey, { keep: 1, within: undefined }, () => ({
      ...makeLatestWord(memoryKey, [anything.event], ({ event }) => (event === undefined ? null : read(event.context) || null)),
      readsContext: true,
    }))
    const { key } = leaf
    const { test, nextChangeAt } = compileComparison(compare, compiler.context)
    return {
      leaves: [leaf],
      traits: [],
      timed: nextChangeAt !== null,
      value: (view, now) => (isPending(view, key) ? 'pending' : test(wordIn(lookUp(view.memories, memoryKey)), now)),
      nextChangeAt: nextChangeAt === null ? () => null : (view, now) => nextChangeAt(wordIn(lookUp(view.memories, memoryKey)), now),
    }
  },
  toSql({ field, compare }, sql) {
    const { sql: word } = fieldReaders[field]
    const { name } = selectionToSql(anything, sql)
    sql.reads(name)
    const latest = sql.column(`argMaxIf(${word}, (at, ${word}), ${name} and ${word} != '')`)
    const json = sql.column(`if(${latest} = '', '', toJSONString(${latest}))`)
    return comparisonToSql(compare, { json, clock: '{now:Int64}' }, sql)
  },
  describe: ({ field, compare }) => `${fieldReaders[field].words} ${describeComparison(compare)}`,
  exactness: () => 'Keeps the latest that was said of it; exact.',
  children: () => [],
}
