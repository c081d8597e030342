import type { Json } from '@throughline/contracts'
import type { Retention } from '../behaviour.ts'

/**
 * The state of a sequence: when events came that one of its steps means, `[time, key, steps, time, key, steps, …]`, ordered by time
 * and key. `steps` has a bit for each step that the events of this moment are; `key` tells the values of the property apart that
 * has to be the same (a hash of it; 0 where none is asked for). Two events of one moment and key are one entry, so that a moment
 * heard twice changes nothing. Only the latest `keep` are held, and none that had left every window when the latest came: merging
 * is commutative, associative and idempotent.
 */
export type Moments = readonly number[]

/** So many moments are looked at; of more, the latest. */
export const MOST_MOMENTS = 200
export const STRIDE = 3

const nothing: Moments = []

export function asMoments(state: Json | undefined): Moments {
  return isMoments(state) ? state : nothing
}

function isMoments(state: Json | undefined): state is Moments {
  return Array.isArray(state)
}

/** The state with these steps done at this moment; the same object when that is known, or too old to matter. */
export function addMoment(state: Moments, at: number, key: number, steps: number, need: Retention): Moments {
  let place = state.length
  while (place > 0 && comesAfter(state, place - STRIDE, at, key)) place -= STRIDE
  const before = place - STRIDE
  if (before >= 0 && state[before] === at && state[before + 1] === key) {
    const known = state[before + 2]!
    return (known | steps) === known ? state : state.toSpliced(before + 2, 1, known | steps)
  }
  if (place === 0 && state.length >= need.keep * STRIDE) return state
  if (need.within !== undefined && state.length > 0 && at <= state.at(-STRIDE)! - need.within) return state
  return trim([...state.slice(0, place), at, key, steps, ...state.slice(place)], need)
}

/** The state that both together give. */
export function mergeMoments(a: Moments, b: Moments, need: Retention): Moments {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const merged: number[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && !comesAfter(a, i, b[j]!, b[j + 1]!))
    const [from, index] = fromA ? [a, i] : [b, j]
    if (fromA) i += STRIDE
    else j += STRIDE
    const [at, key, steps] = [from[index]!, from[index + 1]!, from[index + 2]!]
    if (merged.at(-STRIDE) === at && merged.at(1 - STRIDE) === key) merged[merged.length - 1]! |= steps
    else merged.push(at, key, steps)
  }
  return trim(merged, need)
}

function trim(state: Moments, { keep, within }: Retention): Moments {
  let from = Math.max(0, state.length - keep * STRIDE)
  const latest = state.at(-STRIDE)!
  if (within !== undefined) while (state[from]! <= latest - within) from += STRIDE
  return from === 0 ? state : state.slice(from)
}

function comesAfter(state: Moments, index: number, at: number, key: number): boolean {
  const time = state[index]!
  return time > at || (time === at && state[index + 1]! > key)
}
