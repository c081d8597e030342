import { campaignSchema, eventNames, lanes, shardOf } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { makeProfileId } from '../pipeline/test/harness.ts'
import { makeAsker } from '../segments/index.ts'
import { createHistory } from '../segments/test/agreement.ts'
import { readEarnings, readReached } from './earnings.ts'
import { readReached as countReached } from './variants/counts.ts'

const begin = Date.UTC(2026, 10, 2, 9)
const minute = 60_000
const day = 86_400_000
const [ada, ben, cleo, dora, eve, merged] = Array.from({ length: 6 }, () => makeProfileId()) as [
  string,
  string,
  string,
  string,
  string,
  string,
]
let store: TestClickHouse
let rows: object[] = []

function say(profile: string, name: string, at: number, properties: object, lane: number = lanes.bulk): void {
  rows.push({
    shard: shardOf(profile),
    lane,
    seq: rows.length + 1,
    event_id: `e-${rows.length}`,
    profile_id: profile,
    type: 'track',
    name,
    timestamp: begin + at,
    received_at: begin + at,
    source: 'web',
    properties: JSON.stringify(properties),
    context: '{}',
  })
}

beforeAll(async () => {
  store = await makeTestClickHouse()
  await createHistory(store)
  const message = { journey: 'campaign:sale', send: 2 }
  for (const one of [ada, ben, cleo, eve, merged]) say(one, 'Message Sent', minute, message)
  // She got the send before, which is another.
  say(dora, 'Message Sent', minute, { ...message, send: 1 })
  say(ada, 'Message Clicked', 5 * minute, { ...message, machine: true })
  say(ada, 'Message Clicked', 30 * minute, { ...message, machine: false })
  // Before the message, before the click, after it, and told twice: the last sum counts, and once.
  say(ada, 'Order Completed', 0, { order_id: 'a-0', total: 500, currency: 'EUR' })
  say(ada, 'Order Completed', 10 * minute, { order_id: 'a-1', total: 10.1, currency: 'EUR' })
  say(ada, 'Order Completed', day, { order_id: 'a-2', total: '20.20' })
  say(ada, 'Order Completed', day + minute, { order_id: 'a-2', total: 25.2, currency: 'eur' })
  // In another currency, in minor units; half of it went back. One without decimals; one that went back whole.
  say(ben, 'Order Completed', day, { order_id: 7, total_minor: 10_000, total: 1, currency: 'CHF' })
  say(ben, 'Order Refunded', 9 * day, { order_id: 7, total: 50, currency: 'CHF' })
  say(ben, 'Order Completed', day, { order_id: 8, total: 1_200, currency: 'JPY' })
  say(cleo, 'Order Completed', 2 * day, { order_id: 'c-1', revenue: 30, currency: 'EUR' })
  say(cleo, 'Order Refunded', 3 * day, { order_id: 'c-1' })
  say(dora, 'Order Completed', day, { order_id: 'd-1', total: 99, currency: 'EUR' })
  // Too late; and one of somebody who is eve by now.
  say(eve, 'Order Completed', 6 * day, { order_id: 'e-1', total: 77, currency: 'EUR' })
  say(merged, 'Order Completed', day, { order_id: 'm-1', total: 3, currency: 'EUR' })
  await store.client.insert({ table: 'events', values: rows, format: 'JSONEachRow' })
  rows = []
  await store.client.insert({
    table: 'profile_overrides',
    values: [{ loser: merged, winner: eve, merged_at: begin + 2 * day }],
    format: 'JSONEachRow',
  })
})
afterAll(() => store.drop())

const ask = (more: { within?: string; event?: string; number?: number; endedAt?: number | null; startedAt?: number | null } = {}) =>
  readEarnings(
    makeAsker(store.client).rows,
    { campaign: 'sale', number: 2, startedAt: begin, endedAt: begin + minute, ...more },
    { event: more.event ?? 'Order Completed', within: more.within ?? '5 days' },
    { currency: 'EUR', now: begin + 5 * day },
  )

test('orders after the message count once, less refunds, each currency for itself, and those after a click of the person apart', async () => {
  expect(await ask()).toEqual({
    within: '5 days',
    isOver: false,
    orders: 6,
    ordersAfterClick: 1,
    revenue: [
      { currency: 'JPY', orders: 1, total: 1_200, afterClick: 0 },
      { currency: 'CHF', orders: 1, total: 5_000, afterClick: 0 },
      { currency: 'EUR', orders: 4, total: 1_010 + 2_520 + 0 + 300, afterClick: 2_520 },
    ],
    goal: { event: 'Order Completed', people: 4 },
  })
})

test('the time after the message, another goal, and another send give other answers', async () => {
  expect(await ask({ within: '1 hour' })).toMatchObject({ orders: 1, ordersAfterClick: 0, isOver: true })
  expect(await ask({ within: '1 week', event: 'Order Refunded' })).toMatchObject({
    orders: 7,
    goal: { event: 'Order Refunded', people: 1 },
  })
  expect(await ask({ number: 1 })).toMatchObject({ orders: 1, revenue: [{ currency: 'EUR', total: 9_900 }] })
  expect(await ask({ startedAt: null, endedAt: null })).toMatchObject({ orders: 0, revenue: [], isOver: false })
})

test('groups of a send are counted by what people did in time after they were given one, merged people as who they are today', async () => {
  const [one, two, three, late, torn, was, held] = Array.from({ length: 7 }, () => makeProfileId()) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const give = (profile: string, variant: string, part = 'test', send = 1): void =>
    say(
      profile,
      eventNames.experimentExposed,
      minute,
      { experiment: 'campaign:two', variant, journey: 'campaign:two', version: 1, send, part },
      lanes.derived,
    )
  give(one, 'A')
  give(two, 'A')
  give(three, 'B')
  give(three, 'A', 'test', 2)
  give(late, 'B', 'rest')
  give(held, 'hold-out', 'rest')
  // He was two people, with a variant each.
  give(torn, 'A')
  give(was, 'B')
  const order = (profile: string, at: number, properties: object): void => say(profile, 'Order Completed', at, properties)
  order(one, 0, { order_id: '0', total: 900 })
  order(one, 2 * minute, { order_id: '1', total: '10.50', currency: 'eur' })
  order(one, 3 * minute, { order_id: '1', total: 10.5 })
  order(one, 3 * minute, { order_id: '2', total_minor: 250, total: 1, currency: 'EUR' })
  // In another currency it is an order, and no money.
  order(two, 4 * minute, { order_id: '3', total: 100, currency: 'CHF' })
  order(late, 2 * day, { order_id: '4', total: 70 })
  order(held, 5 * minute, { order_id: '5', value: 20 })
  say(held, 'Order Refunded', 6 * minute, { order_id: '5', total: 5 })
  say(three, 'Review Written', 5 * minute, {})
  await store.client.insert({ table: 'events', values: rows, format: 'JSONEachRow' })
  rows = []
  await store.client.insert({
    table: 'profile_overrides',
    values: [{ loser: was, winner: torn, merged_at: begin + day }],
    format: 'JSONEachRow',
  })
  const read = (goal: object, span?: { until: number; within: number }) => {
    const campaign = campaignSchema.parse({
      kind: 'campaign',
      id: 'two',
      name: 'Two',
      audience: {},
      message: { channel: 'email', template: 'a' },
      goal,
    })
    return countReached(makeAsker(store.client).rows, { campaign: 'two', number: 1, startedAt: begin }, campaign, 'EUR', undefined, span)
  }
  expect(Object.fromEntries(await read({ within: '1 day' }))).toEqual({
    'variant A': { people: 2, converted: 2, buyers: 1, sum: 1_300, squares: 1_690_000 },
    'variant B': { people: 1, converted: 0, buyers: 0, sum: 0, squares: 0 },
    'rest B': { people: 1, converted: 0, buyers: 0, sum: 0, squares: 0 },
    'hold-out hold-out': { people: 1, converted: 1, buyers: 1, sum: 1_500, squares: 2_250_000 },
    mixed: { people: 1, converted: 0, buyers: 0, sum: 0, squares: 0 },
  })
  const reviews = await read({ event: 'Review Written', within: '3 days' })
  expect(reviews.get('variant B')).toMatchObject({ people: 1, converted: 1, buyers: 0 })
  expect(reviews.get('rest B')).toMatchObject({ converted: 0, buyers: 1, sum: 7_000 })
  // Within a time of its own, and of those who were given theirs by then.
  const soon = await read({}, { until: begin + minute, within: 2 * minute })
  expect(soon.get('variant A')).toMatchObject({ people: 2, converted: 1 })
  expect((await read({}, { until: begin + minute - 1, within: day })).size).toBe(0)
})

test('who reached a goal since their message is known by the id of the person they are today, and others are not', async () => {
  const of = (event: string, after: string | null = null, most = 100) =>
    readReached(
      makeAsker(store.client).rows,
      { campaign: 'sale', number: 2, startedAt: begin },
      { event, within: '1 hour' },
      { after, most },
    )
  expect(new Set(await of('Order Completed'))).toEqual(new Set([ada, ben, cleo, eve]))
  expect(new Set(await of('Order Refunded'))).toEqual(new Set([ben, cleo]))
  const first = await of('Order Completed', null, 3)
  expect([...first, ...(await of('Order Completed', first.at(-1)!, 3))]).toEqual([ada, ben, cleo, eve].sort())
})
