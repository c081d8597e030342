import type { RandomCondition } from '@throughline/contracts'
import { murmur32 } from '../../hash.ts'
import type { ConditionBehaviour } from '../behaviour.ts'

const whole = 2 ** 32

/** A random share of everybody, by a hash of the salt and the profile's id; after a merge, of the id that stays. */
export const randomCondition: ConditionBehaviour<RandomCondition> = {
  compile({ salt, from, to }) {
    const [first, end] = [placeOf(from), placeOf(to)]
    return {
      leaves: [],
      traits: [],
      timed: false,
      // Of nobody in particular it cannot be said.
      value({ id }) {
        if (id === undefined) return 'pending'
        const place = murmur32(`${salt}:${id}`)
        return place >= first && place < end
      },
      nextChangeAt: () => null,
    }
  },
  toSql({ salt, from, to }, sql) {
    // Everybody is in question, whatever they did.
    sql.reads('1')
    const place = `murmurHash3_32(concat(${sql.parameter('String', `${salt}:`)}, profile))`
    return `(${place} >= ${sql.parameter('Int64', placeOf(from))} and ${place} < ${sql.parameter('Int64', placeOf(to))})`
  },
  describe({ salt, from, to }) {
    const share = Math.round((to - from) * 1_000) / 1_000
    return `is in a random ${share} % of everybody (${salt}, ${from} to ${to})`
  },
  exactness: () => 'Keeps nothing: the same people for ever, drawn by the salt.',
  children: () => [],
}

function placeOf(percent: number): number {
  return Math.round((percent / 100) * whole)
}
