import { eventNames, type ListCondition } from '@throughline/contracts'
import { shortKey } from '../../hash.ts'
import { lookUp } from '../../table.ts'
import { isPending, type ConditionBehaviour } from '../behaviour.ts'
import { filtersToSql } from '../filters.ts'
import { latestToSql } from '../latest-sql.ts'
import { makeLatestWord, wordIn } from '../latest-word.ts'

const { listJoined, listLeft } = eventNames

/** In a list: of the events that say that somebody joined and left it, the latest. Of both at one instant, having left counts. */
export const listCondition: ConditionBehaviour<ListCondition> = {
  compile({ list }, compiler) {
    const memoryKey = shortKey(JSON.stringify(['list', list]))
    const leaf = compiler.leaf(memoryKey, { keep: 1, within: undefined }, () =>
      makeLatestWord(memoryKey, [listJoined, listLeft], ({ name, properties }) =>
        properties.list === list && (name === listJoined || name === listLeft) ? name : null,
      ),
    )
    const { key } = leaf
    return {
      leaves: [leaf],
      traits: [],
      timed: false,
      value: (view) => (isPending(view, key) ? 'pending' : wordIn(lookUp(view.memories, memoryKey)) === listJoined),
      nextChangeAt: () => null,
    }
  },
  toSql({ list }, sql) {
    const names = `name in ('${listJoined}', '${listLeft}')`
    const about = [names, ...filtersToSql([{ property: 'list', compare: { op: 'is', value: list } }], sql)].join(' and ')
    sql.reads(about)
    return `${latestToSql('toString(name)', about, sql)} = '${listJoined}'`
  },
  describe: ({ list }) => `is in the list ${list}`,
  exactness: () => 'Keeps whether they joined or left it last; exact.',
  children: () => [],
}
