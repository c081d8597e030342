import type { Times } from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Retention } from './behaviour.ts'
import { calendarOf } from '../calendar/index.ts'
import { calendarWindow, compileWindow, slidingWindow, type Window } from './window.ts'
import { bareContext } from './context.ts'
import { addOccurrence, countAt, heldFor, holds, mergeOccurrences, nextFlipAt, type Occurrences } from './occurrences.ts'

const pair = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3 }))
const pairs = fc.array(pair, { maxLength: 12 })
const window: fc.Arbitrary<Retention> = fc.record({
  keep: fc.integer({ min: 1, max: 4 }),
  within: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
})
const times: fc.Arbitrary<Times> = fc.oneof(
  fc.record({ op: fc.constant('at-least' as const), n: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constantFrom('at-most' as const, 'exactly' as const), n: fc.integer({ min: 0, max: 3 }) }),
)
type Pair = readonly [at: number, hash: number]
const ever = compileWindow({}, bareContext)
const windowOf = (within: number | undefined): Window => (within === undefined ? ever : slidingWindow(within))
const fold = (events: readonly Pair[], rule: Retention): Occurrences =>
  events.reduce<Occurrences>((state, [at, hash]) => addOccurrence(state, at, hash, rule), [])

describe('the state of an event memory', () => {
  it('does not depend on the order of events, nor on an event coming twice', () => {
    fc.assert(
      fc.property(pairs, fc.integer(), window, (events, seed, rule) => {
        const shuffled = [...events, ...events.slice(0, 3)].sort(
          (a, b) => ((a[0] * 31 + a[1] * 7 + seed) % 11) - ((b[0] * 31 + b[1] * 7 + seed) % 11),
        )
        expect(fold(shuffled, rule)).toEqual(fold(events, rule))
      }),
    )
  })

  it('merges commutatively, associatively and idempotently, and adding is merging', () => {
    fc.assert(
      fc.property(pairs, pairs, pairs, window, (x, y, z, rule) => {
        const [a, b, c] = [fold(x, rule), fold(y, rule), fold(z, rule)]
        const merge = (left: Occurrences, right: Occurrences) => mergeOccurrences(left, right, rule)
        expect(merge(a, b)).toEqual(merge(b, a))
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))
        expect(merge(a, a)).toEqual(a)
        expect(merge(a, b)).toEqual(fold([...x, ...y], rule))
      }),
    )
  })

  it('answers as if every event had been kept, at any instant from the last one on', () => {
    fc.assert(
      fc.property(
        pairs,
        times,
        fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
        fc.integer({ min: 40, max: 80 }),
        (events, asked, within, now) => {
          const state = fold(events, { keep: heldFor(asked), within })
          const distinct = new Map(events.map((event) => [event.join(), event]))
          const count = [...distinct.values()].filter(([at]) => within === undefined || at > now - within).length
          expect(holds(asked, countAt(state, now, windowOf(within)))).toBe(holds(asked, count))
        },
      ),
    )
  })

  it('flips exactly when it says, not before, and never when it says never', () => {
    fc.assert(
      fc.property(
        pairs,
        times,
        fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
        fc.integer({ min: 0, max: 60 }),
        (events, asked, within, now) => {
          const state = fold(events, { keep: heldFor(asked), within })
          const value = (instant: number) => holds(asked, countAt(state, instant, windowOf(within)))
          const next = nextFlipAt(state, asked, now, windowOf(within))
          const until = Array.from({ length: (next ?? 110) - now }, (_, ms) => value(now + ms))
          expect(until.every((answer) => answer === value(now))).toBe(true)
          if (next !== null) expect(value(next)).not.toBe(value(now))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('counts an event from its own millisecond until one window later, exclusively', () => {
    const state = addOccurrence([], 1_000, 1, { keep: 1, within: 100 })
    expect([999, 1_000, 1_099, 1_100].map((now) => countAt(state, now, slidingWindow(100)))).toEqual([0, 1, 1, 0])
    expect(nextFlipAt(state, { op: 'at-least', n: 1 }, 1_000, slidingWindow(100))).toBe(1_100)
  })

  it('lets whole days leave at midnight, and flips there and nowhere else', () => {
    const berlin = calendarOf('Europe/Berlin')
    const hours = fc.integer({ min: 0, max: 24 * 12 }).map((hour) => Date.UTC(2026, 2, 24) + hour * 3_600_000)
    fc.assert(
      fc.property(fc.array(hours, { maxLength: 8 }), times, fc.integer({ min: 1, max: 3 }), hours, (events, asked, days, now) => {
        const window = calendarWindow(days, berlin)
        const state = fold(
          events.map((at) => [at, 1]),
          { keep: heldFor(asked), within: window.within },
        )
        const value = (instant: number) => holds(asked, countAt(state, instant, window))
        const next = nextFlipAt(state, asked, now, window)
        const until = Array.from({ length: 24 * 20 }, (_, hour) => now + hour * 3_600_000).filter((at) => next === null || at < next)
        expect(until.every((answer) => value(answer) === value(now))).toBe(true)
        if (next !== null) expect([value(next), value(next - 1)]).toEqual([!value(now), value(now)])
        if (now >= Math.max(...events, 0)) {
          const counted = new Set(events.filter((at) => berlin.dayOf(at) > berlin.dayOf(now) - days)).size
          expect(value(now)).toBe(holds(asked, counted))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('stays the same object when an event changes nothing', () => {
    const rule = { keep: 2, within: undefined }
    const state = fold(
      [
        [5, 1],
        [6, 1],
      ],
      rule,
    )
    expect(addOccurrence(state, 5, 1, rule)).toBe(state)
    expect(addOccurrence(state, 4, 1, rule)).toBe(state)
  })
})
