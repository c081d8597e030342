import type { Json } from '@throughline/contracts'
import type { Retention } from './behaviour.ts'

/**
 * Events with a value each: `[time, hash, value, time, hash, value, …]`, ordered by time and then by the hash of the event's id.
 * As with occurrences only the latest `keep` are held, and none that had left every window when the latest came, so that merging
 * is commutative, associative and idempotent.
 */
export type Records = readonly (number | string)[]

export const STRIDE = 3

export function isRecords(state: Json | undefined): state is Records {
  return Array.isArray(state)
}

export function recordCount(state: Records): number {
  return state.length / STRIDE
}

/** The time of a record by its number, oldest first. */
export function timeOf(state: Records, number: number): number {
  return Number(state[number * STRIDE])
}

export function valueOfRecord(state: Records, number: number): number | string {
  return state[number * STRIDE + 2]!
}

/** The state with one more event; the same object when it is there, or too old to matter. */
export function addRecord(state: Records, at: number, hash: number, value: number | string, need: Retention): Records {
  let place = state.length
  while (place > 0 && comesAfter(state, place - STRIDE, at, hash)) place -= STRIDE
  if (place > 0 && state[place - STRIDE] === at && state[place - STRIDE + 1] === hash) return state
  if (place === 0 && state.length >= need.keep * STRIDE) return state
  if (need.within !== undefined && state.length > 0 && at <= timeOf(state, recordCount(state) - 1) - need.within) return state
  return trimRecords([...state.slice(0, place), at, hash, value, ...state.slice(place)], need)
}

/** All records of both, each once, in order. */
export function joinRecords(a: Records, b: Records): Records {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const joined: (number | string)[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && !comesAfter(a, i, Number(b[j]), Number(b[j + 1])))
    const [from, at] = fromA ? [a, i] : [b, j]
    if (fromA) i += STRIDE
    else j += STRIDE
    const size = joined.length
    if (joined[size - STRIDE] !== from[at] || joined[size - STRIDE + 1] !== from[at + 1])
      joined.push(from[at]!, from[at + 1]!, from[at + 2]!)
  }
  return joined
}

/** The state that both together give. */
export function mergeRecords(a: Records, b: Records, need: Retention): Records {
  return trimRecords(joinRecords(a, b), need)
}

function trimRecords(state: Records, { keep, within }: Retention): Records {
  let from = Math.max(0, recordCount(state) - keep)
  const latest = timeOf(state, recordCount(state) - 1)
  if (within !== undefined) while (timeOf(state, from) <= latest - within) from++
  return from === 0 ? state : state.slice(from * STRIDE)
}

/** Whether the record at this index comes after (at, hash). */
export function comesAfter(state: Records, index: number, at: number, hash: number): boolean {
  const time = Number(state[index])
  return time > at || (time === at && Number(state[index + 1]) > hash)
}
