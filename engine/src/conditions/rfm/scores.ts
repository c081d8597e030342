import { rfmGroups, type RfmGroup, type RfmThresholds } from '@throughline/contracts'

/** When somebody last ordered (epoch ms), how often, and for how much (ten-thousandths of the currency, refunds taken off). */
export interface RfmFigures {
  readonly last: number
  readonly orders: number
  readonly money: number
}

/** 1 to 5 each, 5 being best. */
export interface RfmScores {
  readonly recency: number
  readonly frequency: number
  readonly money: number
}

/**
 * Scores by the quintiles of all buyers, nearest rank: frequency and money are 1 and one more for each fifth of the buyers who are
 * surpassed; recency is 5 less one for each fifth of the buyers who ordered later. So equal figures have equal scores, the
 * lowest number of orders always 1, and the latest order always 5. Some scores are nobody's where fewer than five values differ.
 */
export function scoresOf({ last, orders, money }: RfmFigures, thresholds: RfmThresholds): RfmScores {
  return {
    recency: 5 - thresholds.recency.filter((each) => last < each).length,
    frequency: 1 + thresholds.frequency.filter((each) => orders > each).length,
    money: 1 + thresholds.money.filter((each) => money > each).length,
  }
}

const byCell: ReadonlyMap<number, RfmGroup> = new Map(rfmGroups.flatMap(({ id, cells }) => cells.map((cell) => [cell, id] as const)))

/** The group of a cell of the grid. Throws a `RangeError` for what is no score. */
export function groupOf({ recency, frequency }: Pick<RfmScores, 'recency' | 'frequency'>): RfmGroup {
  const group = byCell.get(recency * 10 + frequency)
  if (group === undefined) throw new RangeError(`recency ${recency} and frequency ${frequency} are no cell of the grid: scores are 1 to 5`)
  return group
}
