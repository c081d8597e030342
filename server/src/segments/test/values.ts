import { weekdays, type Comparison, type EventFilter, type Json, type JsonObject } from '@throughline/contracts'
import fc from 'fast-check'

/** Values of every type, so that comparisons across types are met. */
const scalars: readonly (string | number | boolean)[] = [
  '5',
  5,
  5.1,
  -0.1,
  1e21,
  9007199254740991,
  true,
  false,
  'true',
  '',
  'GB',
  'gb',
  `it's "ü" \\ 🛒`,
  'shoes, red',
  'İstanbul\nΑΣ',
]

/** Texts and numbers that are dates, and some that nearly are. The clocks of Berlin change on 2026-03-29 and 2026-10-25. */
export const dates: readonly Json[] = [
  '2026-01-01',
  '2026-01-02 12:00',
  '2026-01-03T09:00:00Z',
  '2026-01-05T00:00+01:00',
  1_767_400_000,
  '1990-01-03',
  '2026-03-29',
  '2026-03-28T23:00:00Z',
  '2026-03-28T22:59:59.999Z',
  '2026-03-29 02:30',
  '2026-03-29T03:00',
  '2026-03-29T00:30:00.5-03:00',
  '2026-10-25T02:30:00',
  '2026-10-25T00:30:00Z',
  '2026-10-25T01:30:00Z',
  '2026-03-30T00:00:00+0530',
  '2026-03-31T12:00+14',
  '2026-04-01T07:00:00.123456Z',
  '2024-02-29',
  '1988-02-29',
  '2023-02-28',
  '1990-03-01',
  '1965-06-14T23:00:00Z',
  '1969-12-31T23:59:59Z',
  '1925-12-31',
  '1901-01-01',
  '2298-12-31T23:59:59Z',
  1_774_738_800,
  1_774_738_800_000,
  1_774_738_800.5,
  -300_000_000,
  0,
  '2026-02-30',
  '2026-02-29',
  '2026-13-01',
  '2026-3-1',
  '1900-12-31',
  '2299-01-01',
  '2026-03-29T24:00',
  '2026-03-29T12',
  '2026-03-29T12:00:60Z',
  '2026-03-29T12:00z',
  ' 2026-03-29',
  '2026-03-29T12:00+24:00',
  '1774738800',
]
export const versions: readonly Json[] = ['4.12.0', '4.9', 'v4.12', '4.12.0-beta 3', '10', '4.12.0.1.9', '04.012', 'beta 4', '4.', '']
export const lists: readonly Json[] = [
  [],
  ['GB'],
  ['GB', 'gb', 5],
  ['shoes, red', true, null],
  ['5', ['GB'], { b: 'GB' }],
  [5, 5.1, ''],
  { b: 5 },
  { b: { c: 'GB' } },
  {},
]
/** Everything that a trait or a property may be. */
export const values: readonly Json[] = [...scalars, null, ...dates, ...versions, ...lists]

const scalar = fc.constantFrom(...scalars)
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(...lists) },
)
/** Names of traits and of properties, dotted ones among them. */
export const path = fc.constantFrom('amount', 'place', 'a.b', 'a.b.c', 'due', 'tags', 'app')
const item = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      { amount: value, place: value, tags: fc.constantFrom(...lists), due: fc.constantFrom(...dates) },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: value },
)
/** What people are said to be, and what events carry. */
export const properties: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      amount: value,
      place: value,
      a: value,
      due: fc.constantFrom(...dates),
      tags: fc.constantFrom(...lists),
      app: fc.constantFrom(...versions),
      items: fc.oneof({ weight: 4, arbitrary: fc.array(item, { maxLength: 3 }) }, { weight: 1, arbitrary: value }),
    },
    { requiredKeys: [] },
  )
  .chain((plain) => fc.constantFrom<JsonObject>(plain, plain, plain, 'a' in plain ? plain : { ...plain, 'a.b': 5 }))

const text = fc.constantFrom('GB', 'G', 'B', 'es', '"', '\\', '🛒', 'ü', '5', 'i', 'ας', 'İ')
const number = fc.constantFrom(5, 5.1, -0.1, 0, 1e21, 9007199254740991)
const time = fc.constantFrom('3 hours', '12 hours', '1 day', '2 days', '3600 days')
const date = fc.constantFrom(
  '2026-01-03',
  '2026-03-29',
  '2026-03-29 02:30',
  '2026-03-30T00:00:00Z',
  '2026-10-25',
  '1965-06-15',
  '2024-02-29',
  '2026-10-25T02:30',
)
const pattern = fc.constantFrom(
  '^[A-Z]{2}$',
  'gb',
  '(?i)^gb',
  's.+d$',
  '.',
  '^.$',
  '\\bred\\b',
  '🛒|ü',
  '\\d+\\.\\d',
  '^$',
  '\\p{Lu}',
  '[^a-z]{5}',
  '^İ.*Σ$',
  '(?-s)l.Α',
)
const few = fc.constantFrom(undefined, 1, 30, 180)

/** The families of comparisons, each with values that are met and with others. */
export const comparisons = {
  scalar: fc.oneof(
    fc.record({ op: fc.constantFrom('is' as const, 'is-not' as const), value: scalar }),
    fc.record({ op: fc.constant('one-of' as const), values: fc.array(scalar, { minLength: 1, maxLength: 4 }) }),
    fc.record({ op: fc.constantFrom('exists' as const, 'missing' as const, 'empty' as const, 'not-empty' as const) }),
  ),
  text: fc.oneof(
    fc.record({ op: fc.constantFrom('contains' as const, 'begins' as const, 'ends' as const), value: text, ignoreCase: fc.boolean() }),
    fc.record({ op: fc.constant('matches' as const), pattern }),
    fc.record({
      op: fc.constantFrom('version-at-least' as const, 'version-less' as const),
      version: fc.constantFrom('4.12', '4.9.1', '0', '10'),
    }),
  ),
  number: fc.oneof(
    fc.record({ op: fc.constantFrom('greater' as const, 'at-least' as const, 'less' as const, 'at-most' as const), value: number }),
    fc.record({ op: fc.constant('between' as const), from: number, to: number }),
  ),
  date: fc.oneof(
    fc.record({ op: fc.constantFrom('before' as const, 'after' as const), date }),
    fc.record({ op: fc.constant('between-dates' as const), from: date, to: date }),
    fc.record({ op: fc.constantFrom('in-last' as const, 'in-next' as const, 'longer-ago' as const), time }),
    fc.record({ op: fc.constant('weekday' as const), days: fc.subarray([...weekdays], { minLength: 1, maxLength: 4 }) }),
  ),
  today: fc.record({ op: fc.constant('anniversary' as const), daysBefore: few, daysAfter: few }),
  list: fc.record({
    op: fc.constantFrom('has-any' as const, 'has-all' as const, 'has-none' as const),
    values: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  }),
} satisfies { readonly [family: string]: fc.Arbitrary<Comparison> }

const { today: _, ...ofEvents } = comparisons
const filter = fc.oneof(
  fc.record({ property: path, compare: fc.oneof(...Object.values(ofEvents)) }),
  fc.record({ property: fc.constant('due'), compare: comparisons.date }),
  fc.record({ property: fc.constant('tags'), compare: comparisons.list }),
)
const { filters } = fc.letrec<{ filters: EventFilter }>((tie) => ({
  filters: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: filter },
    {
      weight: 2,
      arbitrary: fc.record({ property: fc.constantFrom('items[].amount', 'tags[]', 'items[].tags[]'), compare: comparisons.scalar }),
    },
    fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('filters'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('filters') }),
    fc.record({
      kind: fc.constant('some' as const),
      in: fc.constantFrom('items', 'tags'),
      where: fc.array(tie('filters'), { minLength: 1, maxLength: 2 }),
    }),
  ),
}))
/** Filters of events. */
export const where: fc.Arbitrary<EventFilter[] | undefined> = fc.option(fc.array(filters, { maxLength: 2 }), { nil: undefined })

/** A comparison of a trait. */
export const comparedTrait: fc.Arbitrary<{ readonly trait: string; readonly compare: Comparison }> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ trait: path, compare: fc.oneof(...Object.values(comparisons)) }) },
  { weight: 2, arbitrary: fc.record({ trait: fc.constant('due'), compare: fc.oneof(comparisons.date, comparisons.today) }) },
  { weight: 1, arbitrary: fc.record({ trait: fc.constant('tags'), compare: comparisons.list }) },
)
