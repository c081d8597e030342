import { enoughPeople, Z, type Interval, type Verdict } from './intervals.ts'

/** What people came to: most of them to nothing. */
export interface Summed {
  readonly people: number
  /** How many came to more than nothing. */
  readonly buyers: number
  readonly sum: number
  /** The sum of the squares of what each came to. */
  readonly squares: number
}

/** Among fewer who bought, one large order says more than the variant; the mean is then far from normal as well. */
export const enoughBuyers = 30

/** The 95 % interval of the mean per person, by the normal approximation; of fewer than two people from 0 to infinity. */
export function meanInterval(summed: Summed): Interval {
  if (summed.people < 2) return { low: 0, high: Infinity }
  const mean = summed.sum / summed.people
  const half = Z * Math.sqrt(varianceOfMean(summed))
  return { low: Math.max(0, mean - half), high: mean + half }
}

/**
 * The 95 % interval of the mean of one group less that of another, their variances not taken to be equal: Welch, "The generalization of
 * Student's problem when several different population variances are involved", Biometrika 34 (1947) 28–35, with the normal deviate for t.
 */
export function meanDifference(one: Summed, other: Summed): Interval {
  if (one.people < 2 || other.people < 2) return { low: -Infinity, high: Infinity }
  const difference = one.sum / one.people - other.sum / other.people
  const half = Z * Math.sqrt(varianceOfMean(one) + varianceOfMean(other))
  return { low: difference - half, high: difference + half }
}

/** As `verdictOf`; `too-few` as well while either group has fewer who bought than say anything. */
export function verdictOfMeans(one: Summed, other: Summed): Verdict {
  if (Math.min(one.people, other.people) < enoughPeople || Math.min(one.buyers, other.buyers) < enoughBuyers) return 'too-few'
  const { low, high } = meanDifference(one, other)
  return low > 0 ? 'better' : high < 0 ? 'worse' : 'no-difference'
}

function varianceOfMean({ people: n, sum, squares }: Summed): number {
  return Math.max(0, squares - (sum * sum) / n) / (n - 1) / n
}
