import type { RfmGroup, RfmThresholds } from '@throughline/contracts'
import type { Calendar } from '../../calendar/index.ts'
import { calendarWindow } from '../window.ts'
import { groupOf, scoresOf, type RfmFigures, type RfmScores } from './scores.ts'

/** An order, or a refund, whose money is taken off; ten-thousandths of the currency. Times in epoch ms. */
export interface RfmTransaction {
  readonly kind: 'order' | 'refund'
  readonly at: number
  readonly receivedAt: number
  readonly money: number
}

/** Thresholds and since when they were in force; of the time before the first computation, as they would have been. */
export interface RfmVersion {
  readonly since: number
  readonly thresholds: RfmThresholds
  readonly isPast: boolean
}

/** From `at` on in this group; `null`: without scores. */
export interface RfmStand {
  readonly at: number
  readonly group: RfmGroup | null
}

/**
 * Where somebody stands, and the way there.
 * @param transactions in any order
 * @param versions in order of time, at least one
 * @returns figures and scores at `now`, `null` without orders, and every change of group since the first of the versions, oldest
 * first; the first is where they stood then
 */
export function rfmPath(
  transactions: readonly RfmTransaction[],
  versions: readonly RfmVersion[],
  calendar: Calendar,
  now: number,
): { readonly figures: RfmFigures | null; readonly scores: RfmScores | null; readonly path: readonly RfmStand[] } {
  const stand = (at: number) => {
    const version = versions.findLast(({ since }) => since <= at) ?? versions[0]!
    const { thresholds, isPast } = version
    const from = thresholds.days === null ? -Infinity : calendarWindow(thresholds.days, calendar).from(at)
    // Of the past, all is taken as it was; since the first computation, as it came in.
    const known = transactions.filter((transaction) => transaction.at >= from && (isPast ? transaction.at : transaction.receivedAt) <= at)
    const orders = known.filter(({ kind }) => kind === 'order')
    if (orders.length === 0) return { figures: null, scores: null }
    const figures = {
      last: Math.max(...orders.map((order) => order.at)),
      orders: orders.length,
      money: known.reduce((sum, { kind, money }) => sum + (kind === 'order' ? money : -money), 0),
    }
    return { figures, scores: scoresOf(figures, thresholds) }
  }
  const live = versions.find(({ isPast }) => !isPast)?.since ?? now
  const days = versions.at(-1)?.thresholds.days ?? null
  const moves = transactions.flatMap(({ at, receivedAt }) => [
    receivedAt,
    ...(days === null ? [] : [calendarWindow(days, calendar).leavesAt(at)]),
  ])
  const instants = [...versions.map(({ since }) => since), ...moves.filter((at) => at >= live)].filter((at) => at <= now)
  const path: RfmStand[] = []
  for (const at of [...new Set(instants)].sort((a, b) => a - b)) {
    const { scores } = stand(at)
    const group = scores === null ? null : groupOf(scores)
    if (path.length === 0 || path.at(-1)!.group !== group) path.push({ at, group })
  }
  return { ...stand(now), path }
}
