import { concernsSchema, journeySchema, type Condition, type Json, type JsonObject } from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  describeJourney,
  describeStart,
  fillConcerns,
  isShopRequest,
  makeContext,
  planRehearsal,
  rehearsePerson,
  sayMisfits,
  shopEntriesOf,
  shopRequest,
  validateDefinitions,
} from '../index.ts'
import { day, hour, meet, noon, publish, segmentsOf } from '../test/person.ts'

const viewed = (value: string | string[]): Condition => ({
  kind: 'event',
  event: 'Product Viewed',
  where: [
    {
      property: 'product_id',
      compare: typeof value === 'string' ? { op: 'is', value } : { op: 'one-of', values: value },
    },
  ],
  times: { op: 'at-least', n: 1 },
  within: '30 days',
})
const drop = journeySchema.parse({
  kind: 'journey',
  id: 'j',
  name: 'Price drop',
  entries: [
    {
      kind: 'shop-event',
      on: { event: 'Price Dropped', where: [{ property: 'price', compare: { op: 'less', value: 100 } }] },
      concerns: viewed('{event.product_id}'),
    },
    { kind: 'shop-event', on: { event: 'Price Dropped' }, concerns: viewed(['{event.kin}', 'p-0']) },
  ],
  reentry: { kind: 'always' },
  start: 'w',
  steps: { w: { kind: 'wait', for: '1 hour' } },
})
const wishes = concernsSchema.parse({ kind: 'trait', trait: 'wished_price', compare: { op: 'at-least', value: '{event.price}' } })
const context = makeContext([], 'UTC', {})
const said = { name: 'Price Dropped', properties: { product_id: 'p-1', price: 49, kin: ['p-2', 'p-3'] }, at: noon }
const keys = shopEntriesOf(drop, said, context).map(({ key }) => key)
const asked = (entries: readonly string[], source = 'throughline') => ({
  source,
  properties: shopRequest('j', entries, said),
  lane: 1 as const,
})

describe('an entry by an event of the shop', () => {
  it('fills its values into the condition, each of its kind, a list as its elements', () => {
    expect(shopEntriesOf(drop, said, context).map(({ concerns }) => concerns)).toEqual([viewed('p-1'), viewed(['p-2', 'p-3', 'p-0'])])
    expect(fillConcerns({ kind: 'trait', trait: 'size', compare: { op: 'is', value: '{event.size}' } }, { size: 42 })).toMatchObject({
      compare: { value: 42 },
    })
    expect(
      fillConcerns({ kind: 'trait', trait: 'sku', compare: { op: 'is', value: '{event.a.b}-{event.size}' } }, { a: { b: 'x' }, size: 4 }),
    ).toMatchObject({
      compare: { value: 'x-4' },
    })
    // Text that looks like a reference, but came with the event, is text.
    expect(fillConcerns(viewed('{event.product_id}'), { product_id: '{event.price}' })).toEqual(viewed('{event.price}'))
  })

  it('concerns nobody when a property is not there or does not fit', () => {
    const unfit: readonly JsonObject[] = [{}, { product_id: null }, { product_id: { id: 1 } }, { product_id: ['p-1'] }]
    for (const properties of unfit) expect(fillConcerns(viewed('{event.product_id}'), properties)).toBeNull()
    expect(fillConcerns(viewed(['{event.kin}']), { kin: [] })).toBeNull()
  })

  it('compares a number, a day or a version of the event like one that is written', () => {
    const wished = (compare: object): Condition => concernsSchema.parse({ kind: 'trait', trait: 'wish', compare })
    const properties = { price: 49.5, low: -1, ends: '2026-12-24', version: '4.12', deep: { ends: '2026-12-24T18:00:00Z' } }
    const filled: readonly (readonly [object, object])[] = [
      [
        { op: 'greater', value: '{event.price}' },
        { op: 'greater', value: 49.5 },
      ],
      [
        { op: 'at-most', value: '{event.low}' },
        { op: 'at-most', value: -1 },
      ],
      [
        { op: 'between', from: '{event.low}', to: '{event.price}' },
        { op: 'between', from: -1, to: 49.5 },
      ],
      [
        { op: 'before', date: '{event.ends}' },
        { op: 'before', date: '2026-12-24' },
      ],
      [
        { op: 'between-dates', from: '2026-01-01', to: '{event.deep.ends}' },
        { op: 'between-dates', from: '2026-01-01', to: '2026-12-24T18:00:00Z' },
      ],
      [
        { op: 'version-less', version: '{event.version}' },
        { op: 'version-less', version: '4.12' },
      ],
    ]
    for (const [said, meant] of filled) expect(fillConcerns(wished(said), properties)).toEqual(wished(meant))
    const since = concernsSchema.parse({ kind: 'event', event: 'Product Viewed', between: { from: '{event.ends}' } })
    expect(fillConcerns(since, properties)).toMatchObject({ between: { from: '2026-12-24' } })
  })

  it('concerns whoever the same condition with the number written in it would, and nobody where there is no number', () => {
    const isIn = (where: Condition, wish: number): boolean => {
      const person = meet(publish([{ kind: 'segment', id: 's', name: 'S', where }]))
      person.hear('Identified', noon, { type: 'identify', properties: { wish } })
      return 's' in segmentsOf(person)
    }
    const holds = {
      greater: (wish: number, price: number) => wish > price,
      'at-least': (wish: number, price: number) => wish >= price,
      less: (wish: number, price: number) => wish < price,
      'at-most': (wish: number, price: number) => wish <= price,
    }
    const few = fc.integer({ min: -3, max: 3 })
    fc.assert(
      fc.property(
        fc.constantFrom(...(['greater', 'at-least', 'less', 'at-most'] as const)),
        fc.boolean(),
        few,
        few,
        fc.jsonValue(),
        (op, no, wish, price, other) => {
          const of = concernsSchema.parse({ kind: 'trait', trait: 'wish', compare: { op, value: '{event.price}' } })
          const said: Condition = no ? { kind: 'not', of } : of
          const filled = fillConcerns(said, { price })
          expect(filled !== null && isIn(filled, wish)).toBe(holds[op](wish, price) !== no)
          expect(fillConcerns(said, { price: other as Json }) !== null).toBe(typeof other === 'number')
          expect(sayMisfits(said, { price: other as Json }) === '').toBe(typeof other === 'number')
        },
      ),
      { numRuns: 200 },
    )
  })

  it('says what of the event does not fit, and where', () => {
    const wished = (compare: object): Condition => concernsSchema.parse({ kind: 'trait', trait: 'wish', compare })
    const say = (compare: object, properties: JsonObject): string => sayMisfits(wished(compare), properties)
    expect(say({ op: 'greater', value: '{event.price}' }, { price: 5 })).toBe('')
    expect(say({ op: 'greater', value: '{event.price}' }, {})).toBe('it lacks price')
    expect(say({ op: 'greater', value: '{event.price}' }, { price: '49' })).toBe('its price is "49" where a number is wanted')
    expect(say({ op: 'between', from: '{event.a}', to: '{event.b}' }, { a: null })).toBe(
      'its a is null where a number is wanted, and it lacks b',
    )
    expect(say({ op: 'after', date: '{event.ends}' }, { ends: 1_800_000_000_000 })).toBe('its ends is 1800000000000 where a date is wanted')
    expect(say({ op: 'contains', value: '{event.size}' }, { size: 4 })).toBe('its size is 4 where a text is wanted')
    expect(say({ op: 'is', value: '{event.size}' }, { size: { long: 'x'.repeat(100) } })).toMatch(
      /^its size is \{"long":"x+… where a text, a number, or yes or no is wanted$/,
    )
    expect(say({ op: 'one-of', values: ['{event.kin}', '{event.others}'] }, { kin: ['a', 'b'], others: [{}] })).toBe(
      'its others is [{}] where a text, a number, or yes or no is wanted',
    )
    // Of what is not finished nothing can be said.
    expect(say({ op: 'greater', value: 5 }, {})).toBe('')
    expect(sayMisfits({ kind: 'all', of: [] }, {})).toBe('')
    expect(sayMisfits({ ...viewed('{event.size}'), calendarDays: 2 } as Condition, { size: 4 })).toBe('')
    const [first] = shopEntriesOf(drop, { ...said, properties: { price: 5, kin: ['p'] } }, context)
    expect(first).toMatchObject({ concerns: null, misfit: 'it lacks product_id' })
  })

  it('is meant by its name and its filters', () => {
    const dear = { ...said, properties: { ...said.properties, price: 100 } }
    expect(shopEntriesOf(drop, dear, context).map(({ key }) => key)).toEqual(keys.slice(1))
    expect(shopEntriesOf(drop, { ...said, name: 'Back in Stock' }, context)).toEqual([])
  })

  it('lets in whom the fan-out asked for, by the entry that concerns them, and what it said goes with them', () => {
    const person = meet(publish([drop]))
    person.hear('Journey Requested', noon, asked(keys.slice(0, 1), 'web'))
    person.hear('Journey Requested', noon + 1, asked(['another']))
    expect(person.profile.runs).toEqual([])
    person.hear('Journey Requested', noon + 2, asked(keys.slice(1)))
    expect(person.profile.runs).toMatchObject([{ entry: 1, trigger: { properties: said.properties } }])
    person.hear('Journey Requested', noon + 3, asked(keys))
    expect(person.profile.entries.j).toMatchObject({ count: 1 })
  })

  it('is rehearsed by whom it would have concerned, under the name of what the shop said', () => {
    const settings = { zone: 'UTC', consentDefaults: {} }
    const plan = planRehearsal(drop, [], settings, null, { since: noon, until: noon + day })
    expect([plan.fansOut, plan.entersBy]).toEqual([true, null])
    const event = {
      id: 'throughline:1',
      type: 'track',
      name: 'Journey Requested',
      timestamp: noon + hour,
      receivedAt: noon + hour,
      context: {},
      triggers: true,
      ...asked(keys),
    } as const
    expect(isShopRequest(event, 'j')).toBe(true)
    expect(rehearsePerson('p', [event], plan, () => true)?.moments[0]).toEqual({ kind: 'entered', at: noon + hour, by: 'Price Dropped' })
  })

  it('says of references that are none where they stand', () => {
    const of = (concerns: Condition) =>
      validateDefinitions([{ ...drop, entries: [{ kind: 'shop-event', on: { event: 'Price Dropped' }, concerns }] }], []).map(
        ({ field, value }) => [field, value],
      )
    expect(of(viewed('{event.product_id}'))).toEqual([])
    expect(of(viewed('{{event.product_id}}'))).toEqual([['entries.0.concerns.where.0.compare.value', '{{event.product_id}}']])
    expect(of(viewed('{ event.product_id }'))).toHaveLength(1)
    expect(of({ ...viewed('p'), event: '{event.name}' } as Condition)).toEqual([['entries.0.concerns.event', '{event.name}']])
    expect(of({ kind: 'trait', trait: 'sku', compare: { op: 'matches', pattern: '{event.sku}' } })).toHaveLength(1)
    const compared = { kind: 'all', of: [wishes, { kind: 'event', event: 'Product Viewed', between: { from: '{event.from}' } }] }
    expect(of(concernsSchema.parse(compared))).toEqual([])
  })

  it('is said in words', () => {
    expect(describeJourney(drop)).toContain(
      'Starts when the shop says Price Dropped where price is less than 100, for everybody who did Product Viewed where product_id is the event’s product_id in the last 30 days',
    )
    const say = (concerns: object): string =>
      describeStart({ kind: 'shop-event', on: { event: 'Price Dropped' }, concerns: concernsSchema.parse(concerns) })
    expect(say(wishes)).toBe('the shop says Price Dropped, for everybody who wished_price is at least the event’s price')
    expect(say({ kind: 'event', event: 'Product Viewed', between: { from: '{event.from}' } })).toContain('since the event’s from')
    // Within a longer text it stays what is written.
    expect(say({ kind: 'trait', trait: 'sku', compare: { op: 'is', value: 'A-{event.sku}' } })).toContain('“A-{event.sku}”')
  })
})
