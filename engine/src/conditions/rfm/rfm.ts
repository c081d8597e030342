import { rfmGroups, type RfmCondition } from '@throughline/contracts'
import { isAnyPending, type ConditionBehaviour } from '../behaviour.ts'
import { compileFigures } from './figures.ts'
import { groupOf, scoresOf } from './scores.ts'
import { cellToSql, scoresToSql } from './to-sql.ts'

/**
 * Where somebody stands among all buyers. What they did counts at once; what it is held against, the thresholds in force, is
 * computed once a day. Before the first computation nobody has scores.
 */
export const rfmCondition: ConditionBehaviour<RfmCondition> = {
  compile({ groups, recency, frequency, money }, compiler) {
    const thresholds = compiler.context.rfm
    if (thresholds === undefined)
      return { leaves: [], traits: [], ranked: true, timed: false, value: () => false, nextChangeAt: () => null }
    const figures = compileFigures(thresholds.days, compiler)
    const keys = figures.leaves.map(({ key }) => key)
    return {
      leaves: figures.leaves,
      traits: [],
      ranked: true,
      timed: figures.timed,
      value(view, now) {
        if (isAnyPending(view, keys)) return 'pending'
        const found = figures.value(view, now)
        if (found === null) return false
        const scores = scoresOf(found, thresholds)
        return (
          (groups?.includes(groupOf(scores)) ?? true) &&
          (recency?.includes(scores.recency) ?? true) &&
          (frequency?.includes(scores.frequency) ?? true) &&
          (money?.includes(scores.money) ?? true)
        )
      },
      nextChangeAt: figures.nextChangeAt,
    }
  },
  toSql({ groups, recency, frequency, money }, sql) {
    const thresholds = sql.context.rfm
    if (thresholds === undefined) return '0'
    const scores = scoresToSql(thresholds, sql, { asOf: sql.now, knownAt: sql.now })
    const cells = groups && rfmGroups.filter(({ id }) => groups.includes(id)).flatMap((group) => [...group.cells])
    const oneOf = (value: string, allowed: readonly number[] | undefined): readonly string[] =>
      allowed === undefined ? [] : [`(${value}) in (${allowed.join(', ')})`]
    return `(${[
      scores.scored,
      ...oneOf(cellToSql(scores), cells),
      ...oneOf(scores.recency, recency),
      ...oneOf(scores.frequency, frequency),
      ...oneOf(scores.money, money),
    ].join(' and ')})`
  },
  describe({ groups, recency, frequency, money }) {
    const parts = [
      ...(groups === undefined ? [] : [`is among ${listed(rfmGroups.filter(({ id }) => groups.includes(id)).map(({ name }) => name))}`]),
      ...Object.entries({ recency, frequency, money }).flatMap(([name, allowed]) =>
        allowed === undefined ? [] : [`scores ${listed([...allowed].sort((a, b) => a - b).map(String))} in ${name}`],
      ),
    ]
    return parts.length === 0 ? 'has ordered, so that there are scores (RFM)' : `${parts.join(' and ')} (RFM)`
  },
  exactness: () =>
    'Keeps the last order, and orders and refunds added up; exact. An order counts at once; how others stand is looked at once a day, at the hour in the settings.',
  children: () => [],
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
