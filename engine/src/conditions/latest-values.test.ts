import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addValue, mergeValues, type LatestValues } from './latest-values.ts'
import { countAt } from './occurrences.ts'
import { slidingWindow } from './window.ts'

const seen = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')), { maxLength: 14 })
const need = fc.record({ keep: fc.integer({ min: 1, max: 4 }), within: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }) })
type Rule = { keep: number; within: number | undefined }
const fold = (events: readonly (readonly [number, string])[], rule: Rule): LatestValues =>
  events.reduce<LatestValues>((state, [at, value]) => addValue(state, at, value, rule), [])

describe('the latest different values', () => {
  it('merge commutatively, associatively and idempotently, and adding is merging', () => {
    fc.assert(
      fc.property(seen, seen, seen, need, (x, y, z, rule) => {
        const [a, b, c] = [fold(x, rule), fold(y, rule), fold(z, rule)]
        const merge = (left: LatestValues, right: LatestValues) => mergeValues(left, right, rule)
        expect(merge(a, b)).toEqual(merge(b, a))
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
        expect(merge(a, a)).toEqual(a)
        expect(merge(a, b)).toEqual(fold([...x, ...y], rule))
        expect(fold(x.toReversed(), rule)).toEqual(a)
      }),
    )
  })

  it('count as if every event had been kept, up to as many as are held', () => {
    fc.assert(
      fc.property(seen, need, fc.integer({ min: 40, max: 70 }), (events, rule, now) => {
        const within = rule.within ?? 1_000
        const counted = countAt(fold(events, rule), now, slidingWindow(within))
        const different = new Set(events.filter(([at]) => at > now - within).map(([, value]) => value)).size
        expect(counted).toBe(Math.min(rule.keep, different))
      }),
    )
  })

  it('stay the same object when a value was seen later already', () => {
    const rule = { keep: 2, within: undefined }
    const state = fold(
      [
        [5, 'a'],
        [6, 'b'],
      ],
      rule,
    )
    expect(addValue(state, 4, 'a', rule)).toBe(state)
    expect(addValue(state, 3, 'c', rule)).toBe(state)
  })
})
