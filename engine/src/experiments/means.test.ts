import { expect, it } from 'vitest'
import { meanDifference, meanInterval, verdictOfMeans, type Summed } from './index.ts'

/** So many people, of whom some spend so much each. */
const group = (people: number, buyers: number, each: number): Summed => ({
  people,
  buyers,
  sum: buyers * each,
  squares: buyers * each * each,
})

it('the interval of a mean is 1.96 standard errors to both sides, and that of a difference adds their squares', () => {
  // Of 100 people 50 spend 2: mean 1, variance 100/99, standard error 0.1005.
  const { low, high } = meanInterval(group(100, 50, 2))
  expect([low, high]).toEqual([expect.closeTo(1 - 1.959964 * Math.sqrt(1 / 99), 9), expect.closeTo(1 + 1.959964 * Math.sqrt(1 / 99), 9)])
  const difference = meanDifference(group(100, 50, 4), group(100, 50, 2))
  expect(difference.low).toBeCloseTo(1 - 1.959964 * Math.sqrt(5 / 99), 9)
  expect(difference.high).toBeCloseTo(1 + 1.959964 * Math.sqrt(5 / 99), 9)
  expect(meanInterval(group(1, 1, 5))).toEqual({ low: 0, high: Infinity })
})

it('says better only with enough people and enough who bought, and where 0 lies outside', () => {
  expect(verdictOfMeans(group(1_000, 200, 50), group(1_000, 100, 50))).toBe('better')
  expect(verdictOfMeans(group(1_000, 100, 50), group(1_000, 200, 50))).toBe('worse')
  expect(verdictOfMeans(group(1_000, 105, 50), group(1_000, 100, 50))).toBe('no-difference')
  // One order of a thousand proves nothing.
  expect(verdictOfMeans(group(1_000, 1, 100_000), group(1_000, 100, 50))).toBe('too-few')
  expect(verdictOfMeans(group(99, 80, 50), group(1_000, 100, 50))).toBe('too-few')
})
