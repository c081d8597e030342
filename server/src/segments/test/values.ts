import type { Comparison, Json, JsonObject, PropertyFilter } from '@throughline/contracts'
import fc from 'fast-check'

// Values of every type, so that comparisons across types are met.
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
]
const scalar = fc.constantFrom(...scalars)
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom<Json>([], ['GB'], { b: 5 }, { b: { c: 'GB' } }, {}) },
)
/** Names of traits and of properties, dotted ones among them. */
export const path = fc.constantFrom('amount', 'place', 'a.b', 'a.b.c')
/** What people are said to be, and what events carry. */
export const properties: fc.Arbitrary<JsonObject> = fc
  .record({ amount: value, place: value, a: value }, { requiredKeys: [] })
  .chain((plain) => fc.constantFrom<JsonObject>(plain, plain, plain, 'a' in plain ? plain : { ...plain, 'a.b': 5 }))

const text = fc.constantFrom('GB', 'G', 'B', 'es', '"', '\\', '🛒', 'ü', '5')
const number = fc.constantFrom(5, 5.1, -0.1, 0, 1e21, 9007199254740991)

/** Comparisons of every sort, of values that are met and of others. */
export const compare: fc.Arbitrary<Comparison> = fc.oneof(
  fc.record({ op: fc.constantFrom('is' as const, 'is-not' as const), value: scalar }),
  fc.record({ op: fc.constant('one-of' as const), values: fc.array(scalar, { minLength: 1, maxLength: 4 }) }),
  fc.record({ op: fc.constantFrom('contains' as const, 'begins' as const, 'ends' as const), value: text }),
  fc.record({ op: fc.constantFrom('greater' as const, 'at-least' as const, 'less' as const, 'at-most' as const), value: number }),
  fc.record({ op: fc.constantFrom('exists' as const, 'missing' as const) }),
)

/** Filters of events. */
export const where: fc.Arbitrary<PropertyFilter[] | undefined> = fc.option(
  fc.array(fc.record({ property: path, compare }), { maxLength: 2 }),
  {
    nil: undefined,
  },
)
