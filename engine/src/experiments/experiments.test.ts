import { describe, expect, it } from 'vitest'
import { assignVariant, differenceInterval, isHeldOut, rateInterval, verdictOf } from './index.ts'

const people = Array.from({ length: 20_000 }, (_, i) => `person-${i}`)
const draw = (choices: readonly { name: string; weight: number }[], experiment = 'subject') =>
  people.map((id) => choices[assignVariant(experiment, id, choices)]!.name)
const share = (names: readonly string[], name: string) => names.filter((one) => one === name).length / names.length
const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, weight: 1 }))

describe('a variant', () => {
  it('is drawn by its weight, and by each experiment anew', () => {
    const drawn = draw([
      { name: 'a', weight: 70 },
      { name: 'b', weight: 20 },
      { name: 'hold-out', weight: 10 },
    ])
    expect(share(drawn, 'a')).toBeCloseTo(0.7, 1)
    expect(share(drawn, 'b')).toBeCloseTo(0.2, 1)
    expect(share(drawn, 'hold-out')).toBeCloseTo(0.1, 1)
    const [one, other] = [draw([a!, b!]), draw([a!, b!], 'button')]
    expect(one.filter((name, i) => name === other[i]).length / people.length).toBeCloseTo(0.5, 1)
  })

  it('holds out the share asked for, and those held out for less with those held out for more', () => {
    const held = (percent: number) => people.filter((id) => isHeldOut('subject', id, percent))
    expect(held(10).length / people.length).toBeCloseTo(0.1, 1)
    const more = new Set(held(20))
    expect(held(10).every((id) => more.has(id))).toBe(true)
    // Of those held out, the variants would be drawn evenly.
    const drawn = held(20).map((id) => assignVariant('subject', id, [a!, b!]))
    expect(drawn.filter((port) => port === 0).length / drawn.length).toBeCloseTo(0.5, 1)
  })

  it('stays with the person when others are added, weighed anew or put in another order', () => {
    const before = draw([a!, b!])
    const added = draw([a!, b!, c!])
    for (const [i, name] of added.entries()) if (name !== 'c') expect(name).toBe(before[i])
    const heavier = draw([{ name: 'a', weight: 3 }, b!])
    for (const [i, name] of heavier.entries()) if (name === 'b') expect(before[i]).toBe('b')
    expect(draw([b!, a!])).toEqual(before)
  })
})

describe('an interval', () => {
  it('of a rate is the one that Newcombe 1998 prints for the score method', () => {
    // Table I of the paper: 81/263, 15/148, 0/20, 1/29.
    for (const [converted, count, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const found = rateInterval({ people: count, converted })
      expect(found.low).toBeCloseTo(low, 4)
      expect(found.high).toBeCloseTo(high, 4)
    }
  })

  it('of a difference is the one that Newcombe 1998 prints for method 10', () => {
    // Table II of the paper: 56/70 − 48/80, 9/10 − 3/10, 5/56 − 0/29, 10/10 − 0/20.
    for (const [x, m, y, n, low, high] of [
      [56, 70, 48, 80, 0.0524, 0.3339],
      [9, 10, 3, 10, 0.1705, 0.809],
      [5, 56, 0, 29, -0.0381, 0.1926],
      [10, 10, 0, 20, 0.6791, 1],
    ] as const) {
      const found = differenceInterval({ people: m, converted: x }, { people: n, converted: y })
      expect(found.low).toBeCloseTo(low, 4)
      expect(found.high).toBeCloseTo(high, 4)
    }
  })

  it('says better or worse only where there are enough people and 0 lies outside', () => {
    expect(verdictOf({ people: 99, converted: 90 }, { people: 1_000, converted: 10 })).toBe('too-few')
    expect(verdictOf({ people: 1_000, converted: 150 }, { people: 1_000, converted: 100 })).toBe('better')
    expect(verdictOf({ people: 1_000, converted: 100 }, { people: 1_000, converted: 150 })).toBe('worse')
    expect(verdictOf({ people: 1_000, converted: 110 }, { people: 1_000, converted: 100 })).toBe('no-difference')
  })
})
