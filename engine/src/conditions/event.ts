import { durationToMs, type EventCondition, type Json, type Times } from '@throughline/contracts'
import { shortKey } from '../hash.ts'
import { lookUp } from '../table.ts'
import { isPending, type ConditionBehaviour, type Memory, type Occurrence, type Retention } from './behaviour.ts'
import type { ConditionContext } from './context.ts'
import { describeMatch } from './event-match.ts'
import { compileFilters, filtersToSql, normaliseFilters } from './filters.ts'
import { addOccurrence, countAt, heldFor, holds, isOccurrences, mergeOccurrences, nextFlipAt, type Occurrences } from './occurrences.ts'

const nothing: Occurrences = []
const asState = (state: Json | undefined): Occurrences => (isOccurrences(state) ? state : nothing)

/** The event happened so many times, ever or within a sliding window that ends now. */
export const eventCondition: ConditionBehaviour<EventCondition> = {
  compile(condition, compiler) {
    const { times } = condition
    const within = condition.within === undefined ? undefined : durationToMs(condition.within)
    const leaf = compiler.leaf(memoryKey(condition), { keep: heldFor(times), within }, () => makeMemory(condition, compiler.context))
    const { key, memory } = leaf
    return {
      leaves: [leaf],
      traits: [],
      timed: within !== undefined,
      value: (view, now) =>
        isPending(view, key) ? 'pending' : holds(times, countAt(asState(lookUp(view.memories, memory.key)), now, within)),
      nextChangeAt(view, now) {
        const state = lookUp(view.memories, memory.key)
        return state === undefined ? null : nextFlipAt(asState(state), times, now, within)
      },
    }
  },

  toSql({ event, where, times, within }, sql) {
    const name = `name = ${sql.parameter('String', event)}`
    const parts = [name]
    if (within === undefined) sql.reads(name)
    else {
      const since = `{now:Int64} - ${sql.parameter('Int64', durationToMs(within))}`
      // No event is received before its time, and by the time of receipt whole months can be skipped.
      sql.reads(`name = ${sql.parameter('String', event)} and received_at > ${since}`)
      parts.push(`at > ${since}`)
    }
    parts.push(...filtersToSql(where, sql))
    const count = sql.column(`countIf(${parts.join(' and ')})`)
    const n = sql.parameter('UInt64', times.n)
    switch (times.op) {
      case 'at-least':
        return `${count} >= ${n}`
      case 'at-most':
        return `${count} <= ${n}`
      case 'exactly':
        return `${count} = ${n}`
      default:
        return times satisfies never
    }
  },

  describe(condition) {
    const { verb, amount } = describeTimes(condition.times)
    const span = condition.within === undefined ? '' : ` in the last ${condition.within}`
    return `${verb} ${describeMatch(condition)}${amount}${span}`
  },

  children: () => [],
}

/** Which events are meant, in one order whatever order the filters were written in. */
function memoryKey({ event, where }: EventCondition): string {
  return shortKey(JSON.stringify(['event', event, normaliseFilters(where)]))
}

function makeMemory(condition: EventCondition, context: ConditionContext): Memory {
  const filters = compileFilters(condition.where, context)
  const { event } = condition
  let held: Retention = { keep: 0, within: 0 }
  return {
    key: memoryKey(condition),
    eventNames: [event],
    widen({ keep, within }) {
      held = {
        keep: Math.max(held.keep, keep),
        within: held.within === undefined || within === undefined ? undefined : Math.max(held.within, within),
      }
    },
    add(state: Json | undefined, occurrence: Occurrence) {
      if (occurrence.name !== event || (filters !== null && !filters(occurrence))) return state
      return addOccurrence(asState(state), occurrence.at, occurrence.hash, held)
    },
    merge: (a, b) => mergeOccurrences(asState(a), asState(b), held),
  }
}

function describeTimes(times: Times): { verb: string; amount: string } {
  const amount = times.n === 1 ? 'once' : `${times.n} times`
  switch (times.op) {
    case 'at-least':
      return { verb: 'did', amount: times.n === 1 ? '' : ` at least ${amount}` }
    case 'at-most':
      return times.n === 0 ? { verb: 'did not do', amount: '' } : { verb: 'did', amount: ` at most ${amount}` }
    case 'exactly':
      return times.n === 0 ? { verb: 'did not do', amount: '' } : { verb: 'did', amount: ` exactly ${amount}` }
    default:
      return times satisfies never
  }
}
