import { shardOf } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { makeProfileId } from '../pipeline/test/harness.ts'
import { makeAsker } from '../segments/index.ts'
import { createHistory } from '../segments/test/agreement.ts'
import { readEarnings } from './earnings.ts'

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

function say(profile: string, name: string, at: number, properties: object): void {
  rows.push({
    shard: shardOf(profile),
    lane: 1,
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
