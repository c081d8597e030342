import type { Json, Times } from '@throughline/contracts'
import type { Retention } from './behaviour.ts'
import type { Window } from './window.ts'

/**
 * The state of an event memory: when the event happened last, as `[time, hash, time, hash, …]`, oldest first, ordered by time and
 * then by the hash of the event's id. Only the latest `keep` are held, and none that had already left the window when the
 * latest came. Since both rules only ever drop what no later answer needs, merging is commutative, associative and idempotent.
 *
 * Counts are exact for every `now` that is not before the latest time held. An event of time `t` is in a window of length `d`
 * while `t <= now < t + d`: the window is `(now - d, now]`.
 */
export type Occurrences = readonly number[]

/** Entries of two, a time and what tells them apart, ordered by time. */
export type TimeList = readonly (number | string)[]

/** How many of the latest events must be known to answer: n, or one more when too many is an answer. */
export function heldFor(times: Times): number {
  return times.op === 'at-least' ? times.n : times.n + 1
}

export function isOccurrences(state: Json | undefined): state is Occurrences {
  return Array.isArray(state)
}

/** The state with one more event; the same object when it changes nothing. */
export function addOccurrence(state: Occurrences, at: number, hash: number, window: Retention): Occurrences {
  const size = state.length
  if (size === 0) return [at, hash]
  const last = state[size - 2]!
  if (at > last || (at === last && hash > state[size - 1]!)) {
    if (window.keep === 1) return [at, hash]
    const from = firstHeld(state, at, window.keep - 1, window)
    return from === 0 ? [...state, at, hash] : [...state.slice(from), at, hash]
  }
  if (window.within !== undefined && at <= last - window.within) return state
  let place = size
  while (place > 0 && isAfter(state, place - 2, at, hash)) place -= 2
  if (place > 0 && state[place - 2] === at && state[place - 1] === hash) return state
  if (size < window.keep * 2) return [...state.slice(0, place), at, hash, ...state.slice(place)]
  return place === 0 ? state : [...state.slice(2, place), at, hash, ...state.slice(place)]
}

/** The state that both together give. */
export function mergeOccurrences(a: Occurrences, b: Occurrences, window: Retention): Occurrences {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const merged: number[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && !isAfter(a, i, b[j]!, b[j + 1]!))
    const [from, index] = fromA ? [a, i] : [b, j]
    const at = from[index]!
    const hash = from[index + 1]!
    if (fromA) i += 2
    else j += 2
    if (merged.at(-2) !== at || merged.at(-1) !== hash) merged.push(at, hash)
  }
  const from = firstHeld(merged, merged.at(-2)!, window.keep, window)
  return from === 0 ? merged : merged.slice(from)
}

/** How many of the held entries, at least one time each at an even place, lie in the window at `now`. */
export function countAt(state: TimeList, now: number, window: Window): number {
  const from = window.from(now)
  let count = 0
  for (let i = state.length - 2; i >= 0; i -= 2) {
    const at = timeAt(state, i)
    if (at < from) break
    if (at <= now && at < window.to) count++
  }
  return count
}

/** Whether this many times is what was asked for. */
export function holds(times: Times, count: number): boolean {
  switch (times.op) {
    case 'at-least':
      return count >= times.n
    case 'at-most':
      return count <= times.n
    case 'exactly':
      return count === times.n
    default:
      return times satisfies never
  }
}

/**
 * The first instant after `now` at which the answer flips if nothing is added: one at which an event leaves the window, or, for
 * an event ahead of `now`, its own time.
 */
export function nextFlipAt(state: TimeList, times: Times, now: number, window: Window): number | null {
  const size = state.length
  if (size === 0) return null
  const isPast = timeAt(state, size - 2) <= now
  if (isPast && !window.timed) return null
  const value = holds(times, countAt(state, now, window))
  if (isPast) {
    // Everything held has happened: events only leave, oldest first.
    for (let i = 0, left = size / 2 - 1; i < size; i += 2, left--) {
      const leaves = window.leavesAt(timeAt(state, i))
      if (leaves <= now || holds(times, left) === value) continue
      if (i + 2 >= size || window.leavesAt(timeAt(state, i + 2)) !== leaves) return leaves
    }
    return null
  }
  const instants: number[] = []
  for (let i = 0; i < size; i += 2) {
    const at = timeAt(state, i)
    if (at > now) instants.push(at)
    const leaves = window.leavesAt(at)
    if (leaves > now && leaves < Infinity) instants.push(leaves)
  }
  instants.sort((a, b) => a - b)
  return instants.find((instant) => holds(times, countAt(state, instant, window)) !== value) ?? null
}

/** The time at an even place of a list of times and what happened then. */
function timeAt(state: TimeList, index: number): number {
  return Number(state[index])
}

/** Whether the pair at this index comes after (at, hash). */
function isAfter(state: Occurrences, index: number, at: number, hash: number): boolean {
  const time = state[index]!
  return time > at || (time === at && state[index + 1]! > hash)
}

/** Index of the first pair that is still held when `latest` is the latest time and at most `keep` pairs stay. */
function firstHeld(state: Occurrences, latest: number, keep: number, { within }: Retention): number {
  let from = Math.max(0, state.length - keep * 2)
  if (within !== undefined) while (from < state.length && state[from]! <= latest - within) from += 2
  return from
}
