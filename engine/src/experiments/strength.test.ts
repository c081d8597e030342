import { describe, expect, it } from 'vitest'
import { strengthOf, type SharesOfPeople } from './strength.ts'

/** Pseudo-random numbers below 1, so that a failure can be repeated (mulberry32). */
function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** People whose shares are drawn from Beta(a, b), whole numbers: the a-th least of a + b − 1 uniform draws has it. */
function draw(people: number, a: number, b: number, seed: number): SharesOfPeople {
  const random = makeRandom(seed)
  const sums = { people, sent: 0, answered: 0, squares: 0, shares: 0 }
  for (let i = 0; i < people; i++) {
    const uniform = Array.from({ length: a + b - 1 }, random).sort((x, y) => x - y)
    const share = uniform[a - 1]!
    const n = 1 + Math.floor(random() * 30)
    const x = Array.from({ length: n }, random).filter((one) => one < share).length
    sums.sent += n
    sums.answered += x
    sums.squares += n * n
    sums.shares += (x * x) / n
  }
  return sums
}

describe('how alike people are', () => {
  it.each([
    [1, 4],
    [2, 8],
    [5, 35],
  ])('is found again where shares are drawn from Beta(%i, %i)', (a, b) => {
    expect(strengthOf(draw(20_000, a, b, 7))).toBeGreaterThan((a + b) * 0.9)
    expect(strengthOf(draw(20_000, a, b, 7))).toBeLessThan((a + b) * 1.1)
  })

  it('stays within bounds: where all answer the same share, and where everybody answers all or nothing', () => {
    // Exactly one of four each, and half of the people all.
    expect(strengthOf({ people: 1_000, sent: 4_000, answered: 1_000, squares: 16_000, shares: 250 })).toBe(100)
    expect(strengthOf({ people: 1_000, sent: 4_000, answered: 2_000, squares: 16_000, shares: 2_000 })).toBe(2)
  })

  it('is the usual one where it cannot be told: few people, one message each, none answered, all answered', () => {
    expect(strengthOf({ people: 99, sent: 400, answered: 100, squares: 1_600, shares: 40 })).toBe(10)
    expect(strengthOf({ people: 1_000, sent: 1_000, answered: 300, squares: 1_000, shares: 300 })).toBe(10)
    expect(strengthOf({ people: 1_000, sent: 4_000, answered: 0, squares: 16_000, shares: 0 })).toBe(10)
    expect(strengthOf({ people: 1_000, sent: 4_000, answered: 4_000, squares: 16_000, shares: 4_000 })).toBe(10)
  })
})
