/** So many of so many people. */
export interface Counted {
  readonly people: number
  readonly converted: number
}

/** From and to, as shares of 1. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** With fewer people than this, a share says more about chance than about the variant. */
export const enoughPeople = 100

/** The normal deviate of 95 %, two-sided. */
export const Z = 1.959964

/**
 * The 95 % score interval of a rate (Wilson 1927), as in Newcombe, "Two-sided confidence intervals for the single proportion",
 * Statistics in Medicine 17 (1998) 857–872, method 3. Of nobody: from 0 to 1.
 */
export function rateInterval({ people: n, converted: r }: Counted): Interval {
  if (n === 0) return { low: 0, high: 1 }
  const p = r / n
  const middle = 2 * n * p + Z * Z
  const half = Z * Math.sqrt(Z * Z + 4 * n * p * (1 - p))
  const whole = 2 * (n + Z * Z)
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) }
}

/**
 * The 95 % interval of the rate of one group less that of another, from the score intervals of both: Newcombe, "Interval estimation for the
 * difference between independent proportions", Statistics in Medicine 17 (1998) 873–890, method 10.
 */
export function differenceInterval(one: Counted, other: Counted): Interval {
  if (one.people === 0 || other.people === 0) return { low: -1, high: 1 }
  const [p, q] = [one.converted / one.people, other.converted / other.people]
  const [a, b] = [rateInterval(one), rateInterval(other)]
  return {
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
  }
}

/** What may be said of one group against another. */
export type Verdict = 'too-few' | 'better' | 'worse' | 'no-difference'

/** `better` and `worse` where the interval of the difference leaves out 0; `too-few` while either group has fewer people than say anything. */
export function verdictOf(one: Counted, other: Counted): Verdict {
  if (one.people < enoughPeople || other.people < enoughPeople) return 'too-few'
  const { low, high } = differenceInterval(one, other)
  return low > 0 ? 'better' : high < 0 ? 'worse' : 'no-difference'
}
