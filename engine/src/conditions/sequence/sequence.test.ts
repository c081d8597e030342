import { conditionSchema, type Condition, type Json, type SequenceCondition } from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tableOf } from '../../table.ts'
import { compileCondition, describeCondition, exactnessOf, nobody, type Occurrence } from '../index.ts'
import { MOST_MOMENTS, STRIDE, asMoments } from './moments.ts'

const hour = 3_600_000
let ids = 0
const did = (name: string, hours: number, properties: Occurrence['properties'] = {}): Occurrence => ({
  id: `${ids}`,
  name,
  at: hours * hour,
  hash: ids++,
  timestamp: hours * hour,
  properties,
})
const sequence = (parts: Omit<SequenceCondition, 'kind'>): SequenceCondition =>
  conditionSchema.parse({ kind: 'sequence', ...parts }) as SequenceCondition

function ask(condition: Condition) {
  const { leaves, value, nextChangeAt } = compileCondition(condition)
  const { memory } = leaves[0]!
  const fold = (events: readonly Occurrence[]): Json | undefined =>
    events.reduce<Json | undefined>((state, one) => memory.add(state, one), undefined)
  const view = (state: Json | undefined) => ({ ...nobody, memories: tableOf(state === undefined ? {} : { [memory.key]: state }) })
  return {
    memory,
    fold,
    holds: (state: Json | undefined, hours: number) => value(view(state), hours * hour) === true,
    next: (state: Json | undefined, hours: number) => {
      const at = nextChangeAt(view(state), hours * hour)
      return at === null ? null : at / hour
    },
  }
}
/** At which of the hours it holds, by these events. */
const holdsAt = (condition: Condition, events: readonly Occurrence[], hours: readonly number[]): readonly boolean[] => {
  const { fold, holds } = ask(condition)
  return hours.map((at) => holds(fold(events), at))
}

describe('a sequence', () => {
  it('wants its steps in order, each less than its time after the one before', () => {
    const condition = sequence({ steps: [{ event: 'A' }, { event: 'B', within: '3 hours' }] })
    expect(holdsAt(condition, [did('A', 1), did('B', 3)], [3])).toEqual([true])
    expect(holdsAt(condition, [did('A', 1), did('B', 4)], [4])).toEqual([false])
    expect(holdsAt(condition, [did('A', 1), did('A', 2), did('B', 4)], [4])).toEqual([true])
    expect(holdsAt(condition, [did('B', 1), did('A', 2)], [4])).toEqual([false])
    // Neither is before the other.
    expect(holdsAt(condition, [did('A', 1), did('B', 1)], [4])).toEqual([false])
  })

  it('is broken by what must not come between, not by what comes at the moment of a step', () => {
    const condition = sequence({ steps: [{ event: 'A' }, { event: 'C', not: true }, { event: 'B' }] })
    expect(holdsAt(condition, [did('A', 1), did('C', 2), did('B', 3)], [4])).toEqual([false])
    expect(holdsAt(condition, [did('A', 1), did('C', 1), did('C', 3), did('B', 3)], [4])).toEqual([true])
    expect(holdsAt(condition, [did('A', 1), did('C', 2), did('A', 2.5), did('B', 3)], [4])).toEqual([true])
  })

  it('that ends in something not done holds from the very millisecond at which the time for it is over', () => {
    const condition = sequence({ steps: [{ event: 'A' }, { event: 'C', not: true, within: '2 hours' }] })
    const { fold, holds, next } = ask(condition)
    const open = fold([did('A', 1)])
    expect([holds(open, 1), next(open, 1), holds(open, 3 - 1 / hour), holds(open, 3), next(open, 3)]).toEqual([false, 3, false, true, null])
    expect([holds(fold([did('A', 1), did('C', 3)]), 4), holds(fold([did('A', 1), did('C', 2.5)]), 4)]).toEqual([true, false])
  })

  it('of something not done since, without a time, holds until it is', () => {
    const condition = sequence({ steps: [{ event: 'A' }, { event: 'C', not: true }] })
    expect(holdsAt(condition, [did('A', 1)], [1, 100])).toEqual([true, true])
    expect(holdsAt(condition, [did('A', 1), did('C', 50)], [100])).toEqual([false])
    expect(holdsAt(condition, [did('C', 1), did('A', 1)], [100])).toEqual([true])
  })

  it('leaves its window when the first step does, and says when', () => {
    const condition = sequence({ steps: [{ event: 'A' }, { event: 'B' }], within: '10 hours' })
    const { fold, holds, next } = ask(condition)
    const state = fold([did('A', 1), did('B', 2), did('A', 3), did('B', 5)])
    expect([holds(state, 12), next(state, 12), holds(state, 13), next(state, 13)]).toEqual([true, 13, false, null])
  })

  it('hears what must not follow also behind a fixed window', () => {
    const between = { from: '1970-01-01', to: '1970-01-01' }
    const condition = sequence({ steps: [{ event: 'A' }, { event: 'C', not: true, within: '5 hours' }], between })
    expect(holdsAt(condition, [did('A', 23), did('C', 25)], [40])).toEqual([false])
    expect(holdsAt(condition, [did('A', 23), did('C', 28)], [40])).toEqual([true])
    expect(holdsAt(condition, [did('A', 24)], [40])).toEqual([false])
  })

  it('follows one value through its steps, in lists too', () => {
    const condition = sequence({
      steps: [{ event: 'Added' }, { event: 'Ordered', not: true, same: 'products[].sku', within: '2 hours' }],
      same: 'sku',
    })
    const added = [did('Added', 1, { sku: 'hat' }), did('Added', 1, { sku: 'shoe' })]
    const ordered = (...skus: string[]) => did('Ordered', 2, { products: skus.map((sku) => ({ sku })) })
    expect(holdsAt(condition, [...added, ordered('hat')], [3])).toEqual([true])
    expect(holdsAt(condition, [...added, ordered('hat', 'shoe')], [3])).toEqual([false])
    expect(holdsAt(condition, [did('Added', 1)], [3])).toEqual([false])
  })

  it('looks at the latest moments alone when there are very many', () => {
    const condition = sequence({ steps: [{ event: 'A' }, { event: 'B' }] })
    const { memory, fold, holds } = ask(condition)
    const many = [did('A', 1), ...Array.from({ length: MOST_MOMENTS }, (_, i) => did('B', 2 + i))]
    expect(asMoments(fold(many))).toHaveLength(MOST_MOMENTS * STRIDE)
    expect(holds(fold(many), 1_000)).toBe(false)
    expect(holds(fold(many.slice(0, -1)), 1_000)).toBe(true)
    expect(memory.merge(fold(many.slice(0, 90))!, fold(many.slice(50))!)).toEqual(fold(many))
  })

  it('reads as a sentence, and says what is kept', () => {
    const condition = sequence({
      steps: [
        { event: 'Product Added' },
        { page: 'Checkout', within: '1 hour' },
        { event: 'Order Completed', not: true, within: '2 hours' },
      ],
      same: 'product_id',
      within: '7 days',
    })
    expect(describeCondition(condition)).toBe(
      'Did Product Added, then the page “Checkout” viewed within 1 hour, then not Order Completed within 2 hours, all with the same product_id, in the last 7 days',
    )
    expect(exactnessOf(condition)[0]).toContain('up to 200 times')
  })

  it.each<[string, object, string]>([
    ['no event', { steps: [{ event: 'A' }, { within: '1 hour' }] }, 'steps.1'],
    ['a first step that is not', { steps: [{ event: 'A', not: true }, { event: 'B' }] }, 'steps.0.not'],
    ['a time before the first', { steps: [{ event: 'A', within: '1 hour' }, { event: 'B' }] }, 'steps.0.within'],
    [
      'a time of what is between',
      { steps: [{ event: 'A' }, { event: 'C', not: true, within: '1 hour' }, { event: 'B' }] },
      'steps.1.within',
    ],
    ['no time at all', { steps: [{ event: 'A' }, { event: 'B', within: '0 hours' }] }, 'steps.1.within'],
    ['a wait longer than its window', { steps: [{ event: 'A' }, { event: 'B', not: true, within: '2 days' }], within: '1 day' }, 'within'],
    [
      'a wait longer than its calendar days',
      { steps: [{ event: 'A' }, { event: 'B', not: true, within: '2 days' }], calendarDays: 2 },
      'calendarDays',
    ],
    ['lists in lists', { steps: [{ event: 'A' }, { event: 'B' }], same: 'a[].b[].c' }, 'same'],
    ['a place of nothing', { steps: [{ event: 'A' }, { event: 'B', same: 'sku' }] }, 'steps.1.same'],
  ])('refuses %s, at its field', (_, parts, field) => {
    const parsed = conditionSchema.safeParse({ kind: 'sequence', ...parts })
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([field])
  })
})

// Against all ways through the events, tried one by one.
const names = ['A', 'B', 'C'] as const
const limits = fc.constantFrom<object>({}, { within: '2 hours' }, { within: '5 hours' })
const step = fc.record({ event: fc.constantFrom(...names, '*') })
const anySequence = fc
  .tuple(
    step,
    fc.array(fc.tuple(fc.option(step), step, limits), { minLength: 0, maxLength: 3 }),
    fc.array(fc.tuple(step, limits), { maxLength: 2 }),
    fc.constantFrom<object>({}, { within: '8 hours' }, { between: { from: '1970-01-01T03:00Z', to: '1970-01-01T09:00Z' } }),
    fc.constantFrom<object>({}, { same: 'p' }),
  )
  .filter(([, more, after]) => more.length + after.length > 0)
  .map(([first, more, after, window, same]) =>
    sequence({
      steps: [
        first,
        ...more.flatMap(([without, then, limit]) => [
          ...(without === null ? [] : [{ ...without, not: true as const }]),
          { ...then, ...limit },
        ]),
        ...after.map(([not, limit]) => ({ ...not, not: true as const, ...limit })),
      ].slice(0, 8),
      ...window,
      ...same,
    }),
  )
const lives = fc.array(
  fc.tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 12 }), fc.constantFrom(1, 2)).map(([name, at, p]) => did(name, at, { p })),
  { maxLength: 9 },
)

function tryAll(condition: SequenceCondition, events: readonly Occurrence[], now: number): boolean {
  const { steps } = condition
  const ms = (text: string | undefined): number => (text === undefined ? Infinity : Number(text.split(' ')[0]) * hour)
  const [from, to] =
    condition.between !== undefined
      ? [3 * hour, 9 * hour + 1]
      : [condition.within === undefined ? -1 : now - ms(condition.within) + 1, Infinity]
  const is = (one: Occurrence, i: number, key: Json | undefined): boolean =>
    (steps[i]!.event === '*' || one.name === steps[i]!.event) &&
    (condition.same === undefined || one.properties['p'] === key) &&
    one.at <= now
  const go = (i: number, at: number, key: Json | undefined): boolean => {
    let next = i
    while (steps[next]?.not === true) next++
    const nots = Array.from({ length: next - i }, (_, n) => i + n)
    if (next === steps.length)
      return nots.every((n) => {
        const within = ms(steps[n]!.within)
        return (within === Infinity || at + within <= now) && !events.some((one) => is(one, n, key) && one.at > at && one.at - at < within)
      })
    return events.some(
      (one) =>
        is(one, next, key) &&
        one.at > at &&
        one.at - at < ms(steps[next]!.within) &&
        one.at < to &&
        !events.some((other) => other.at > at && other.at < one.at && nots.some((n) => is(other, n, key))) &&
        go(next + 1, one.at, key),
    )
  }
  return events.some((one) => one.at >= from && one.at < to && is(one, 0, one.properties['p']) && go(1, one.at, one.properties['p']))
}

it('finds a way through the events exactly when there is one, and no other instant at which that changes', () => {
  fc.assert(
    fc.property(anySequence, lives, (condition, events) => {
      const { fold, holds, next } = ask(condition)
      const state = fold(events)
      let turns: number | null = null
      let held = false
      for (let now = 12; now <= 24; now++) {
        const expected = tryAll(condition, events, now * hour)
        expect(holds(state, now)).toBe(expected)
        if (now > 12 && expected !== held) expect(turns).toBe(now)
        if (now > 12 && expected === held) expect(turns === null || turns > now - 1).toBe(true)
        held = expected
        turns = next(state, now)
      }
    }),
    { numRuns: 600 },
  )
}, 180_000)

it('comes to the same state in whatever order events arrive, twice, or by two people who prove to be one', () => {
  fc.assert(
    fc.property(anySequence, lives, fc.integer({ min: 0, max: 9 }), (condition, events, cut) => {
      const { memory, fold } = ask(condition)
      const state = fold(events)
      expect(fold(events.toReversed())).toEqual(state)
      expect(fold([...events, ...events])).toEqual(state)
      const [one, other] = [fold(events.slice(0, cut)), fold(events.slice(Math.max(0, cut - 2)))]
      if (one !== undefined && other !== undefined) {
        expect(memory.merge(one, other)).toEqual(state)
        expect(memory.merge(other, one)).toEqual(state)
      }
    }),
  )
})
