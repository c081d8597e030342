import { conditionSchema, type Condition, type Event, type Json, type JsonObject } from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarOf } from '../../calendar/index.ts'
import { emptyTable, type Table } from '../../table.ts'
import { nobody, toOccurrence, type View } from '../behaviour.ts'
import { describeCondition, exactnessOf, makeCompiler } from '../compile.ts'
import { makeContext } from '../context.ts'
import { compileMeasure } from './index.ts'

const hour = 3_600_000
const day = 24 * hour
const begin = Date.UTC(2026, 2, 27)
const berlin = calendarOf('Europe/Berlin')
const context = makeContext([], 'Europe/Berlin')

interface Bought {
  readonly at: number
  readonly properties: JsonObject
}
const amount = fc.constantFrom(0.1, 0.2, 0.3, 5, 5.1, -2, 49.9)
const bought: fc.Arbitrary<Bought> = fc.record({
  at: fc.integer({ min: 0, max: 80 }).map((hours) => begin + hours * hour),
  properties: fc.record({ total: amount, category: fc.constantFrom('hats', 'shoes', 'coats', 'bags') }, { requiredKeys: [] }),
})
const life = fc.array(bought, { maxLength: 14 })
const windows = fc.constantFrom(
  {},
  { within: '3 hours' },
  { within: '1 day' },
  { calendarDays: 2 },
  { between: { from: '2026-03-28', to: '2026-03-29' } },
)
type Windowed = { within?: string; calendarDays?: number; between?: object }

function inside(window: Windowed, at: number, now: number): boolean {
  if (window.within !== undefined) return at > now - (window.within === '1 day' ? day : 3 * hour) && at <= now
  if (window.calendarDays !== undefined) return berlin.dayOf(at) > berlin.dayOf(now) - window.calendarDays && at <= now
  const [from, to] = window.between === undefined ? [-Infinity, Infinity] : [berlin.startOf(20_540), berlin.startOf(20_542)]
  return at >= from && at < to && at <= now
}

const numbers = (events: readonly Bought[]) => events.flatMap(({ properties: { total } }) => (typeof total === 'number' ? [total] : []))
const cents = (events: readonly Bought[]) => numbers(events).reduce((sum, total) => sum + Math.round(total * 100), 0)
const favourites = (events: readonly Bought[]) => {
  const counts = new Map<string, number>()
  for (const { properties } of events) {
    if (typeof properties.category === 'string') counts.set(properties.category, (counts.get(properties.category) ?? 0) + 1)
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}

/** Figures, each with what it is by all events at once. */
const figures: readonly { readonly measure: object; byHand(events: readonly Bought[]): Json | undefined }[] = [
  { measure: { of: 'count' }, byHand: (events) => events.length },
  { measure: { of: 'sum', property: 'total' }, byHand: (events) => cents(events) / 100 },
  {
    measure: { of: 'average', property: 'total' },
    byHand: (events) => (numbers(events).length === 0 ? undefined : (cents(events) * 100) / numbers(events).length / 10_000),
  },
  {
    measure: { of: 'min', property: 'total' },
    byHand: (events) => (numbers(events).length === 0 ? undefined : Math.min(...numbers(events))),
  },
  {
    measure: { of: 'max', property: 'total' },
    byHand: (events) => (numbers(events).length === 0 ? undefined : Math.max(...numbers(events))),
  },
  { measure: { of: 'most-frequent', property: 'category' }, byHand: (events) => favourites(events)[0]?.[0] },
  {
    measure: { of: 'rank', property: 'category', value: 'hats' },
    byHand: (events) => favourites(events).findIndex(([key]) => key === 'hats') + 1 || undefined,
  },
  {
    measure: { of: 'share', property: 'category', value: 'hats' },
    byHand(events) {
      const all = favourites(events).reduce((n, [, count]) => n + count, 0)
      return all === 0 ? undefined : (100 * (favourites(events).find(([key]) => key === 'hats')?.[1] ?? 0)) / all
    },
  },
  {
    measure: { of: 'share', matching: [{ property: 'total', compare: { op: 'less', value: 1 } }] },
    byHand: (events) => (events.length === 0 ? undefined : (100 * numbers(events).filter((total) => total < 1).length) / events.length),
  },
  { measure: { of: 'distinct', property: 'category' }, byHand: (events) => favourites(events).length },
  {
    measure: { of: 'values', property: 'category' },
    byHand: (events) =>
      favourites(events).length === 0
        ? undefined
        : favourites(events)
            .map(([key]) => key)
            .sort(),
  },
  {
    measure: { of: 'last' },
    byHand: (events) => (events.length === 0 ? undefined : new Date(Math.max(...events.map(({ at }) => at))).toISOString()),
  },
]

function hear(events: readonly Bought[], condition: Condition) {
  if (condition.kind !== 'measure') throw new TypeError('not a measure')
  const compiler = makeCompiler(new Map(), context)
  const measure = compileMeasure(condition.measure, compiler)
  const compiled = compiler.compile(condition)
  const { memory } = measure.leaf
  let memories: Table<Json> = emptyTable
  events.forEach(({ at, properties }, i) => {
    const event: Event = {
      id: `web:${i}`,
      type: 'track',
      name: 'Bought',
      timestamp: at,
      receivedAt: at,
      properties,
      context: {},
      source: 'web',
      lane: 0,
      triggers: true,
    }
    const added = memory.add(memories.values[0], toOccurrence(event))
    if (added !== undefined) memories = { keys: [memory.key], values: [memory.counts?.settle(added) ?? added] }
  })
  const view: View = { ...nobody, memories: JSON.parse(JSON.stringify(memories)) as Table<Json> }
  return { measure, compiled, view }
}
const ask = (measure: object, window: object, compare: object): Condition =>
  conditionSchema.parse({ kind: 'measure', measure: { ...measure, event: 'Bought', ...window }, compare })

describe('a figure about what somebody did', () => {
  it('is what all events together say, at any instant from the last one on', () => {
    fc.assert(
      fc.property(
        life,
        fc.constantFrom(...figures),
        windows,
        fc.integer({ min: 80, max: 140 }),
        (events, { measure, byHand }, window, hours) => {
          const now = begin + hours * hour
          const heard = hear(events, ask(measure, window, { op: 'exists' }))
          expect(heard.measure.value(heard.view, now)).toEqual(byHand(events.filter(({ at }) => inside(window, at, now))))
        },
      ),
      { numRuns: 400 },
    )
  })

  it('changes the answer exactly when it says, not before, and never when it says never', () => {
    const compare = fc.record({
      op: fc.constantFrom('at-least', 'less', 'greater'),
      value: fc.constantFrom(0, 0.3, 1, 2, 3, 5, 33, 50),
    })
    fc.assert(
      fc.property(
        life,
        fc.constantFrom(...figures),
        windows,
        compare,
        fc.integer({ min: 40, max: 100 }),
        (events, { measure }, window, asked, hours) => {
          const now = begin + hours * hour
          const { compiled, view } = hear(events, ask(measure, window, asked))
          const next = compiled.nextChangeAt(view, now)
          const holds = compiled.value(view, now)
          // All events and all borders lie on full hours.
          const until = Array.from({ length: 24 * 5 }, (_, i) => now + i * hour).filter((at) => next === null || at < next)
          expect(until.map((at) => compiled.value(view, at))).toEqual(until.map(() => holds))
          if (next !== null) expect([compiled.value(view, next - 1), compiled.value(view, next)]).toEqual([holds, holds !== true])
        },
      ),
      { numRuns: 400 },
    )
  })

  it('says how many whole days have passed since, and when that comes to what was asked', () => {
    const { compiled, view } = hear([{ at: begin, properties: {} }], ask({ of: 'days-since' }, {}, { op: 'at-least', value: 30 }))
    expect([29.99, 30].map((days) => compiled.value(view, begin + days * day))).toEqual([false, true])
    expect(compiled.nextChangeAt(view, begin + hour)).toBe(begin + 30 * day)
    expect(compiled.nextChangeAt(view, begin + 30 * day)).toBeNull()
  })

  it('sums money to the cent, in whatever order it was spent', () => {
    const prices = Array.from({ length: 1_000 }, (_, i) => ({ at: begin + i, properties: { total: i % 2 === 0 ? 0.1 : 0.2 } }))
    for (const events of [prices, prices.toReversed()]) {
      const { measure, view } = hear(events, ask({ of: 'sum', property: 'total' }, {}, { op: 'exists' }))
      expect(measure.value(view, begin + day)).toBe(150)
    }
  })

  it('knows the favourite hour by the clocks of the shop', () => {
    const { measure, view } = hear(
      [{ at: Date.UTC(2026, 2, 29, 1, 30), properties: {} }],
      ask({ of: 'most-frequent', by: 'hour' }, {}, { op: 'exists' }),
    )
    expect(measure.value(view, begin + 9 * day)).toBe(3)
  })

  it('reads as a sentence, and says how exact it is', () => {
    const sum = ask({ of: 'sum', property: 'total' }, { within: '30 days' }, { op: 'at-least', value: 100 })
    expect(describeCondition(sum)).toBe('Sum of total of Bought in the last 30 days is at least 100')
    expect(exactnessOf(sum)).toEqual([
      'Keeps the events of the window, up to 500; of more, the latest count. Numbers count to four decimals. Events leave the window to the millisecond.',
    ])
    expect(describeCondition(ask({ of: 'share', property: 'category', value: 'hats' }, {}, { op: 'at-least', value: 50 }))).toBe(
      'Share of Bought with category “hats” (in %) is at least 50',
    )
    expect(describeCondition(ask({ of: 'rank', by: 'weekday', value: 6 }, { calendarDays: 90 }, { op: 'at-most', value: 2 }))).toBe(
      'Place of “6” among weekday of Bought in the last 90 calendar days by frequency is at most 2',
    )
  })

  it('looks no further than the next value that leaves where answers are slow and values many', () => {
    const events = Array.from({ length: 400 }, (_, n): Bought => ({ at: begin + n, properties: { shop: `shop ${n}` } }))
    const condition = ask({ of: 'rank', property: 'shop', value: 'shop 7' }, { within: '1 day' }, { op: 'at-most', value: 3 })
    const { compiled, view } = hear(events, condition)
    const now = begin + 1_000
    expect(compiled.nextChangeAt(view, now)).toBe(begin + day)
    // Asked again from each instant on, it comes to the end.
    let at: number | null = now
    for (let asked = 0; at !== null && asked < 400; asked++) at = compiled.nextChangeAt(view, at)
    expect(at).toBeNull()
  })
})
