import type { Json } from '@throughline/contracts'
import { compareText } from '../compare-text.ts'

/** How values are added up: numbers to count, sum, least and greatest; values to how often each came. */
export interface Adder<A> {
  start(): A
  add(sum: A, value: number | string): void
  /** Adds what was added up before, in the form that `close` gave it. */
  addTotals(sum: A, totals: Json): void
  /** As plain JSON. */
  close(sum: A): Json
}

export interface NumberSum {
  n: number
  /** In ten-thousandths, as least and greatest. */
  sum: number
  least: number
  greatest: number
}

/** Numbers, in ten-thousandths. */
export const numbers: Adder<NumberSum> = {
  start: () => ({ n: 0, sum: 0, least: Infinity, greatest: -Infinity }),
  add(sum, value) {
    const units = Number(value)
    sum.n++
    sum.sum += units
    if (units < sum.least) sum.least = units
    if (units > sum.greatest) sum.greatest = units
  },
  addTotals(sum, totals) {
    if (!isNumbers(totals)) return
    const [n, total, least, greatest] = totals
    sum.n += n
    sum.sum += total
    sum.least = Math.min(sum.least, least)
    sum.greatest = Math.max(sum.greatest, greatest)
  },
  close: ({ n, sum, least, greatest }) => [n, sum, least, greatest],
}

type NumberTotals = readonly [n: number, sum: number, least: number, greatest: number]

function isNumbers(totals: Json): totals is NumberTotals {
  return Array.isArray(totals) && totals.length === 4
}

export interface ValueSum {
  /** Of all values, also of those whose own number was let go. */
  n: number
  readonly counts: Map<string, number>
}

/** So many different values are told apart; of more, those that came least often are let go. */
export const MOST_VALUES = 256

/** How often each value came, by its key. */
export const values: Adder<ValueSum> = {
  start: () => ({ n: 0, counts: new Map() }),
  add(sum, value) {
    const key = String(value)
    sum.n++
    sum.counts.set(key, (sum.counts.get(key) ?? 0) + 1)
  },
  addTotals(sum, totals) {
    if (!isValues(totals)) return
    const [n, ...counts] = totals
    sum.n += n
    for (let i = 0; i < counts.length; i += 2) {
      const key = String(counts[i])
      sum.counts.set(key, (sum.counts.get(key) ?? 0) + Number(counts[i + 1]))
    }
  },
  close({ n, counts }) {
    const kept = counts.size <= MOST_VALUES ? [...counts].sort(([a], [b]) => compareText(a, b)) : byFrequency(counts).slice(0, MOST_VALUES)
    return [n, ...kept.flat()]
  },
}

type ValueTotals = readonly [n: number, ...counts: (string | number)[]]

function isValues(totals: Json): totals is ValueTotals {
  return Array.isArray(totals) && totals.length % 2 === 1
}

/** Most frequent first; of those that came equally often the one that is first by its bytes. */
export function byFrequency(counts: ReadonlyMap<string, number>): readonly (readonly [key: string, n: number])[] {
  return [...counts].sort(([a, m], [b, n]) => n - m || compareText(a, b))
}
