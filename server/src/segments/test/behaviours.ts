import type { Comparison, Condition, Json, JsonObject, Measure, PropertyFilter } from '@throughline/contracts'
import fc from 'fast-check'
import { begin, hour, type Spoken } from './agreement.ts'

// Filters of every sort are compared in a test of their own.
const where = fc.constantFrom<PropertyFilter[] | undefined>(
  undefined,
  undefined,
  [{ property: 'amount', compare: { op: 'greater', value: 1 } }],
  [{ property: 'place', compare: { op: 'is', value: 'shoes' } }],
)

/** Names of events that people do; patterns of names meet several. */
const names = ['Order Completed', 'Order Refunded', 'Product Viewed']
const messages = ['Message Sent', 'Message Opened', 'Message Clicked']
const selected = fc.constantFrom(...names, ...names, 'Order *', '* Viewed', '*r*', '*')

const day = (hours: number): string => new Date(begin + hours * hour).toISOString()
const window = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: fc.constantFrom('3 hours', '12 hours', '1 day', '2 days').map((within) => ({ within })) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }).map((calendarDays) => ({ calendarDays })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom({ from: '2026-01-02' }, { to: '2026-01-02' }, { from: '2026-01-02', to: '2026-01-03' }, { from: day(20), to: day(50) })
      .map((between) => ({ between })),
  },
)
const since = fc.constantFrom('renewal', 'a.b').map((trait) => ({ since: { trait } }))
const anyWindow = fc.oneof({ weight: 4, arbitrary: window }, { weight: 1, arbitrary: since })
const times = fc.oneof(
  fc.record({ op: fc.constant('at-least' as const), n: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constantFrom('at-most' as const, 'exactly' as const), n: fc.integer({ min: 0, max: 3 }) }),
)
const count = fc.constantFrom({}, {}, { count: 'days' as const })
const join = <A extends object, B extends object>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>): fc.Arbitrary<A & B> =>
  fc.tuple(a, b).map(([one, two]) => ({ ...one, ...two }))
const counted = join(join(fc.record({ times }), count), anyWindow)

const event: fc.Arbitrary<Condition> = join(fc.record({ kind: fc.constant('event' as const), event: selected, where }), counted)
const view: fc.Arbitrary<Condition> = join(
  fc.record({
    kind: fc.constantFrom('page' as const, 'screen' as const),
    name: fc.constantFrom(undefined, 'Home', 'H*', '*e', '*om*'),
  }),
  counted,
)
const eventTime: fc.Arbitrary<Condition> = join(
  fc.record({ kind: fc.constant('event-time' as const), event: selected, which: fc.constantFrom('first' as const, 'last' as const) }),
  fc.oneof(
    { weight: 3, arbitrary: anyWindow },
    { weight: 1, arbitrary: fc.constantFrom('3 hours', '1 day').map((longerAgo) => ({ longerAgo })) },
  ),
)
const message: fc.Arbitrary<Condition> = join(
  fc.record({
    kind: fc.constant('message' as const),
    outcome: fc.constantFrom('sent' as const, 'opened' as const, 'clicked' as const),
    channel: fc.constantFrom(undefined, 'email', 'inbox'),
    journey: fc.constantFrom(undefined, undefined, 'welcome'),
    by: fc.constantFrom(undefined, 'people' as const, 'machines' as const, 'both' as const),
  }),
  counted,
)

const limit = fc.constantFrom({}, { within: '3 hours' }, { within: '12 hours' }, { within: '1 day' })
const stepEvent = fc.oneof(
  { weight: 6, arbitrary: fc.record({ event: fc.constantFrom('Order *', '*r*', '*', ...names) }) },
  { weight: 1, arbitrary: fc.record({ event: selected, where }) },
  { weight: 1, arbitrary: fc.record({ page: fc.constantFrom('Home', 'H*', '*') }) },
)
const not = fc.constantFrom({ not: true as const })
const doneStep = join(stepEvent, limit)
const between = fc.array(join(stepEvent, not), { maxLength: 1 })
const sequenceWindow = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom({ within: '2 days' }, { calendarDays: 2 }, { between: { from: day(20), to: day(50) } }) },
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: since },
)
/** A value that every step of it has, in lists too. */
const same = fc.constantFrom({}, {}, {}, {}, { same: 'place' }, { same: 'items[].sku' })
const sequence: fc.Arbitrary<Condition> = join(
  fc
    .tuple(stepEvent, between, fc.array(doneStep, { maxLength: 1 }), doneStep, fc.array(join(doneStep, not), { maxLength: 2 }))
    .map(([first, without, more, last, after]) => ({
      kind: 'sequence' as const,
      // One that goes on, or one of which something must not follow, or both.
      steps: after.length > 0 && more.length === 0 ? [first, ...after] : [first, ...more, ...without, last, ...after],
    })),
  join(same, sequenceWindow),
)

const property = fc.constantFrom('amount', 'place', 'a.b')
const scalar = fc.constantFrom<string | number | boolean>('shoes', 'ü 🛒', '', 5, 5.1, true, 49.9)
const about = join(fc.record({ event: selected, where }), anyWindow)
const fixed = fc.constantFrom({}, { between: { from: '2026-01-02' } })
const sorted = fc.oneof(
  { weight: 3, arbitrary: fc.record({ property }) },
  { weight: 1, arbitrary: fc.constantFrom({ by: 'hour' as const }, { by: 'weekday' as const }) },
)
const matching = fc.constantFrom<PropertyFilter[]>(
  [{ property: 'amount', compare: { op: 'greater', value: 0 } }],
  [{ property: 'place', compare: { op: 'exists' } }],
)
const of = <K extends string>(...kinds: K[]) => fc.record({ of: fc.constantFrom(...kinds) })

/** Figures of every kind, each with thresholds that are met. */
export const measures: { readonly [kind: string]: fc.Arbitrary<Measure> } = {
  count: join(of('count'), about),
  numbers: join(join(of('sum', 'average', 'min', 'max'), fc.record({ property })), about),
  first: join(
    join(of('first'), fc.record({ property: fc.option(property, { nil: undefined }) })),
    join(fc.record({ event: selected, where }), fixed),
  ),
  last: join(join(of('last'), fc.record({ property: fc.option(property, { nil: undefined }) })), about),
  daysSince: join(of('days-since'), fc.record({ event: selected, where })),
  distinct: join(join(of('distinct'), fc.record({ property })), about),
  values: join(join(of('values'), fc.record({ property })), about),
  mostFrequent: join(join(of('most-frequent'), sorted), about),
  rank: join(join(of('rank'), fc.record({ value: scalar })), join(sorted, about)),
  share: fc.oneof(
    join(join(of('share'), fc.record({ value: scalar })), join(sorted, about)),
    join(join(of('share'), fc.record({ matching })), about),
  ),
}
const numeric = fc.record({
  op: fc.constantFrom('greater' as const, 'at-least' as const, 'less' as const, 'at-most' as const),
  value: fc.constantFrom(0, 1, 2, 3, 5, 5.1, 10, 33, 49.9, 50, 105.1),
})
const anyValue: fc.Arbitrary<Comparison> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constantFrom('is' as const, 'is-not' as const), value: scalar }) },
  { weight: 2, arbitrary: numeric },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('exists' as const, 'missing' as const) }) },
)
const comparisonsOf = (kind: string): fc.Arbitrary<Comparison> =>
  ['first', 'last', 'values', 'mostFrequent'].includes(kind) ? anyValue : fc.oneof({ weight: 6, arbitrary: numeric }, anyValue)
const measured = Object.entries(measures).map(([kind, measure]): fc.Arbitrary<Condition> =>
  fc.record({ kind: fc.constant('measure' as const), measure, compare: comparisonsOf(kind) }),
)

/** Questions about what people did, of every kind. */
export const behaviours: readonly fc.Arbitrary<Condition>[] = [event, view, eventTime, message, sequence, ...measured]

const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(5, 5.1, -0.1, 0.2, 0.3, 49.9, 100) },
  { weight: 4, arbitrary: fc.constantFrom('shoes', 'hats', 'ü 🛒', '') },
  { weight: 2, arbitrary: fc.constantFrom<Json>(true, null, [], { a: 1 }, 1e21, '5') },
)
const items = fc.array(fc.constantFrom<Json>({ sku: 'shoes' }, { sku: 'ü 🛒' }, { sku: 5 }, 'hats', {}), { maxLength: 3 })
const properties: fc.Arbitrary<JsonObject> = fc.record(
  { amount: value, place: value, a: fc.constantFrom<Json>({ b: 5 }, 'GB', 5), items },
  { requiredKeys: [] },
)
const renewal = fc.constantFrom<Json>(day(10), day(40), '2026-01-03', (begin + 60 * hour) / 1_000, 'soon', null, '')
const said = fc.oneof(properties, fc.record({ renewal, a: fc.constantFrom<Json>({ b: day(30) }, { b: 5 }) }, { requiredKeys: ['renewal'] }))
const viewed = fc.record({ name: fc.constantFrom('Home', 'Hats', 'Shoes', 5) }, { requiredKeys: [] })
const outcome = fc.record(
  { channel: fc.constantFrom('email', 'inbox'), journey: fc.constantFrom('welcome', 'winback'), machine: fc.boolean() },
  { requiredKeys: ['channel'] },
)
const done: fc.Arbitrary<Pick<Spoken, 'type' | 'name' | 'properties'>> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('track' as const), name: fc.constantFrom(...names), properties }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('page' as const), name: fc.constant('Page Viewed'), properties: viewed }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('screen' as const), name: fc.constant('Screen Viewed'), properties: viewed }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('outcome' as const), name: fc.constantFrom(...messages), properties: outcome }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('identify' as const), name: fc.constant('Identified'), properties: said }) },
)

/** What one person does in four days, some of it told late, some of it twice. */
export const life: fc.Arbitrary<readonly Spoken[]> = fc
  .array(
    fc
      .record({
        hours: fc.integer({ min: 1, max: 96 }),
        late: fc.constantFrom(0, 0, 0, 3, 24, 30),
        by: fc.constantFrom(0, 0, 0, 1, -1),
        done,
        again: fc.constantFrom(true, false, false, false),
      })
      .map(({ hours, late, by, done: what, again }): Spoken => {
        const receivedAt = begin + hours * hour + by
        return { ...what, receivedAt, timestamp: receivedAt - late * hour, context: {}, again }
      }),
    { maxLength: 24 },
  )
  .map((events) => events.toSorted((a, b) => a.receivedAt - b.receivedAt))
