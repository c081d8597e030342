import { journeySchema, type Condition, type JsonObject } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import {
  describeJourney,
  fillConcerns,
  isShopRequest,
  makeContext,
  planRehearsal,
  rehearsePerson,
  shopEntriesOf,
  shopRequest,
  validateDefinitions,
} from '../index.ts'
import { day, hour, meet, noon, publish } from '../test/person.ts'

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
  })

  it('is said in words', () => {
    expect(describeJourney(drop)).toContain(
      'Starts when the shop says Price Dropped where price is less than 100, for everybody who did Product Viewed where product_id is “{event.product_id}” in the last 30 days',
    )
  })
})
