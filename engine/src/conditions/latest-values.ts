import type { Json } from '@throughline/contracts'
import type { Retention } from './behaviour.ts'

/**
 * Which different values there were lately: `[time, value, time, value, …]`, each value once with its latest time, ordered by
 * time and then by value. Only the `keep` latest are held, and none that had left every window when the latest came. Whatever is
 * dropped has as many later values before it as any answer counts, so that merging is commutative, associative and idempotent.
 * Values are all texts or all numbers.
 */
export type LatestValues = readonly (number | string)[]

export function isLatestValues(state: Json | undefined): state is LatestValues {
  return Array.isArray(state)
}

/** The state with a value seen at this time; the same object when it changes nothing. */
export function addValue(state: LatestValues, at: number, value: number | string, need: Retention): LatestValues {
  for (let i = state.length - 2; i >= 0; i -= 2) {
    if (state[i + 1] !== value) continue
    return Number(state[i]) >= at ? state : trim(insert([...state.slice(0, i), ...state.slice(i + 2)], at, value), need)
  }
  const changed = trim(insert(state, at, value), need)
  return changed.length === state.length && changed.every((part, i) => part === state[i]) ? state : changed
}

/** The state that both together give. */
export function mergeValues(a: LatestValues, b: LatestValues, need: Retention): LatestValues {
  let merged = a
  for (let i = 0; i < b.length; i += 2) merged = addValue(merged, Number(b[i]), b[i + 1]!, need)
  return merged
}

function insert(state: LatestValues, at: number, value: number | string): LatestValues {
  let place = state.length
  while (place > 0 && isAfter(state, place - 2, at, value)) place -= 2
  return [...state.slice(0, place), at, value, ...state.slice(place)]
}

function isAfter(state: LatestValues, index: number, at: number, value: number | string): boolean {
  const time = Number(state[index])
  return time > at || (time === at && state[index + 1]! > value)
}

function trim(state: LatestValues, { keep, within }: Retention): LatestValues {
  let from = Math.max(0, state.length - keep * 2)
  const latest = Number(state[state.length - 2])
  if (within !== undefined) while (Number(state[from]) <= latest - within) from += 2
  return from === 0 ? state : state.slice(from)
}
