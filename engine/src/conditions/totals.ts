import type { Json } from '@throughline/contracts'
import { compareText } from '../compare-text.ts'
import { utf8Length } from '../utf8.ts'

/** How values are added up: numbers to count, sum, least and greatest; values to how often each came. */
export interface Adder<A> {
  start(): A
  add(sum: A, value: number | string): void
  /** Adds what was added up before, in the form that `close` gave it. */
  addTotals(sum: A, totals: Json): void
  /** As plain JSON. */
  close(sum: A): Json
  /** Whether more was added up than is told apart: no matter in which order it came, once it is it stays so. */
  isOver?(sum: A): boolean
}

export interface NumberSum {
  n: number
  /** In ten-thousandths, as least and greatest; a number while it is one that doubles hold exactly. */
  sum: number | bigint
  least: number
  greatest: number
}

/** Numbers, in ten-thousandths. */
export const numbers: Adder<NumberSum> = {
  start: () => ({ n: 0, sum: 0, least: Infinity, greatest: -Infinity }),
  add(sum, value) {
    const units = Number(value)
    sum.n++
    sum.sum = addExactly(sum.sum, units)
    if (units < sum.least) sum.least = units
    if (units > sum.greatest) sum.greatest = units
  },
  addTotals(sum, totals) {
    if (!isNumbers(totals)) return
    const [n, total, least, greatest] = totals
    sum.n += n
    sum.sum = addExactly(sum.sum, typeof total === 'string' ? BigInt(total) : total)
    sum.least = Math.min(sum.least, least)
    sum.greatest = Math.max(sum.greatest, greatest)
  },
  close: ({ n, sum, least, greatest }) => [n, typeof sum === 'bigint' ? String(sum) : sum, least, greatest],
}

/** A sum that is too large for a number is a text. */
type NumberTotals = readonly [n: number, sum: number | string, least: number, greatest: number]

/** Whole numbers beyond 2^53 are not told apart by doubles: there it goes on with large ones, so that no order of adding matters. */
function addExactly(a: number | bigint, b: number | bigint): number | bigint {
  const sum = typeof a === 'number' && typeof b === 'number' ? a + b : NaN
  if (Number.isSafeInteger(sum)) return sum
  const large = BigInt(a) + BigInt(b)
  return Number.isSafeInteger(Number(large)) ? Number(large) : large
}

function isNumbers(totals: Json): totals is NumberTotals {
  return Array.isArray(totals) && totals.length === 4
}

export interface ValueSum {
  n: number
  readonly counts: Map<string, number>
  /** Whether there were too many different ones to be told apart. */
  over: boolean
}

/** So many different values are told apart, or those that take so many bytes; of more, only how many events there were is known. */
export const MOST_VALUES = 256
export const MOST_BYTES = 16_000

/** How often each value came, by its key. */
export const values: Adder<ValueSum> = {
  start: () => ({ n: 0, counts: new Map(), over: false }),
  add(sum, value) {
    const key = String(value)
    sum.n++
    sum.counts.set(key, (sum.counts.get(key) ?? 0) + 1)
  },
  addTotals(sum, totals) {
    if (!isValues(totals)) return
    const [n, ...counts] = totals
    sum.n += n
    sum.over ||= counts.length === 1
    for (let i = 0; i + 1 < counts.length; i += 2) {
      const key = String(counts[i])
      sum.counts.set(key, (sum.counts.get(key) ?? 0) + Number(counts[i + 1]))
    }
  },
  close(sum) {
    const { n, counts } = sum
    return isOver(sum) ? [n, OVER] : [n, ...[...counts].sort(([a], [b]) => compareText(a, b)).flat()]
  },
  isOver,
}

/** In the place of the values, where they were too many. */
const OVER = 0

function isOver({ counts, over }: ValueSum): boolean {
  return over || counts.size > MOST_VALUES || bytesOf(counts.keys()) > MOST_BYTES
}

function bytesOf(keys: Iterable<string>): number {
  let bytes = 0
  for (const key of keys) bytes += utf8Length(key)
  return bytes
}

type ValueTotals = readonly [n: number, ...counts: (string | number)[]]

function isValues(totals: Json): totals is ValueTotals {
  return Array.isArray(totals) && totals.length > 0
}

/** Most frequent first; of those that came equally often the one that is first by its bytes. */
export function byFrequency(counts: ReadonlyMap<string, number>): readonly (readonly [key: string, n: number])[] {
  return [...counts].sort(([a, m], [b, n]) => n - m || compareText(a, b))
}
