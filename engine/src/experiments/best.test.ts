import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chancesOfBest, sharesOf, type Tried } from './index.ts'

/** The logarithm of Γ at a whole number. */
const logGamma = (n: number): number => Array.from({ length: n - 1 }, (_, i) => Math.log(i + 1)).reduce((sum, one) => sum + one, 0)
const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

/** Miller, “Formulas for Bayesian A/B testing”: the chance that a draw from Beta(αB, βB) is above one from Beta(αA, βA), exactly. */
function exactly(a: Tried, b: Tried): number {
  const [alphaA, betaA] = [a.answered + 1, a.people - a.answered + 1]
  const [alphaB, betaB] = [b.answered + 1, b.people - b.answered + 1]
  let sum = 0
  for (let i = 0; i < alphaB; i++)
    sum += Math.exp(logBeta(alphaA + i, betaA + betaB) - Math.log(betaB + i) - logBeta(1 + i, betaB) - logBeta(alphaA, betaA))
  return sum
}
const tried = (answered: number, people: number): Tried => ({ people, answered })

it('of two variants the chance is that of the exact formula, from nobody to hundreds, also at nothing and at everything', () => {
  for (const [a, b] of [
    [tried(0, 0), tried(0, 0)],
    [tried(1, 1), tried(0, 1)],
    [tried(0, 200), tried(3, 200)],
    [tried(200, 200), tried(190, 200)],
    [tried(20, 400), tried(31, 390)],
    [tried(5, 10), tried(300, 900)],
    [tried(2, 900), tried(2, 30)],
  ] as const) {
    const [first, second] = chancesOfBest([a, b])
    expect(second).toBeCloseTo(exactly(a, b), 5)
    expect(first).toBeCloseTo(exactly(b, a), 5)
  }
})

it('chances add up to 1, follow their variant in any order, and are even where the figures are', () => {
  const one = fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true })).map(([n, p]) => tried(n * p, n))
  fc.assert(
    fc.property(fc.array(one, { minLength: 2, maxLength: 6 }), (list) => {
      const chances = chancesOfBest(list)
      expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9)
      expect(chances.every((chance) => chance >= 0 && chance <= 1)).toBe(true)
      const turned = chancesOfBest(list.toReversed()).toReversed()
      for (const [i, chance] of chances.entries()) expect(turned[i]).toBeCloseTo(chance, 9)
    }),
    { numRuns: 40, seed: 4 },
  )
  for (const n of [2, 3, 6])
    for (const figures of [tried(0, 0), tried(40, 1_000), tried(30_000, 1_000_000)])
      for (const chance of chancesOfBest(Array.from({ length: n }, () => figures))) expect(chance).toBeCloseTo(1 / n, 6)
})

it('of very many messages a clear best one takes all but nothing from the others’ floors', () => {
  const chances = chancesOfBest([tried(30_000, 1_000_000), tried(36_000, 1_000_000), tried(2, 100)])
  expect(chances[0]).toBeLessThan(1e-6)
  // A hundred messages do not rule the third one out, nor make it likely.
  expect(chances[2]).toBeGreaterThan(0.05)
  expect(chances[2]).toBeLessThan(0.5)
  const shares = sharesOf(chancesOfBest([tried(300, 10_000), tried(600, 10_000)]), 10)
  expect(shares).toEqual([expect.closeTo(0.1, 6), expect.closeTo(0.9, 6)])
  expect(sharesOf([0.5, 0.3, 0.2], 20)).toEqual([expect.closeTo(0.4, 9), expect.closeTo(0.32, 9), expect.closeTo(0.28, 9)])
})
