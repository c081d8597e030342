import type { NotCondition } from '@throughline/contracts'
import type { ConditionBehaviour } from './behaviour.ts'

/** It does not hold. The opposite of pending is pending. */
export const notCondition: ConditionBehaviour<NotCondition> = {
  compile({ of }, compiler) {
    const inner = compiler.compile(of)
    return {
      leaves: inner.leaves,
      traits: inner.traits,
      ...(inner.hears !== undefined && { hears: inner.hears }),
      ...(inner.ranked !== undefined && { ranked: inner.ranked }),
      timed: inner.timed,
      value(view, now) {
        const value = inner.value(view, now)
        return value === 'pending' ? value : !value
      },
      nextChangeAt: inner.nextChangeAt,
    }
  },
  toSql: ({ of }, sql) => `not (${sql.compile(of)})`,
  describe: ({ of }, describe) =>
    of.kind === 'any' && of.of.length > 1 ? `neither ${of.of.map(describe).join(' nor ')}` : `not: ${describe(of)}`,
  children: ({ of }) => [of],
}
