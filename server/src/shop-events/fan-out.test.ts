import { journeySchema, type JsonObject } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settings } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { publish } from '../pipeline/test/harness.ts'
import type { Asker } from '../segments/index.ts'
import { fanOutShopEvents } from './fan-out.ts'
import { makePastFanOut } from './past.ts'
import { dropOldShopEvents, insertShopEvent, KEPT_MS, readShopEvents } from './store.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
  await publish(database.pool, journey)
  await exportAll()
})
afterAll(() => database.drop())
/** As if all that was accepted stood in history. */
const exportAll = () =>
  database.pool.query('update export_cursors c set seq = h.seq from shard_heads h where h.shard = c.shard and h.lane = c.lane')

const journey = journeySchema.parse({
  kind: 'journey',
  id: 'drops',
  name: 'Price drops',
  entries: [
    {
      kind: 'shop-event',
      on: { event: 'Price Dropped' },
      concerns: {
        kind: 'event',
        event: 'Product Viewed',
        where: [{ property: 'product_id', compare: { op: 'is', value: '{event.product_id}' } }],
        times: { op: 'at-least', n: 1 },
      },
    },
  ],
  start: 'end',
  steps: { end: { kind: 'exit' } },
})
/** History that cannot answer whatever names this product, and knows nobody besides. */
const ask: Asker = {
  async rows({ params }) {
    if (JSON.stringify(params).includes('too-much')) throw new Error('This question takes too long.')
    return []
  },
  hasMerges: async () => false,
}
const { signal } = new AbortController()
const told = (messageId: string, productId: string) =>
  insertShopEvent(database.pool, {
    messageId,
    event: 'Price Dropped',
    properties: { product_id: productId },
    sentBy: 'test',
    journeys: ['drops'],
  })
const over = async () =>
  (await readShopEvents(database.pool, { before: null, event: undefined, limit: 10 }))
    .filter(({ journeys: [turn] }) => turn?.endedAt !== null)
    .map(({ messageId }) => messageId)

test('an event that cannot be fanned out holds no other back, and is taken up again', async () => {
  const fanOut = () => fanOutShopEvents({ pool: database.pool, ask, settings: async () => settings, append: async () => [] }, signal)
  await told('1-bad', 'too-much')
  await told('2-good', 'p-1')
  await expect(fanOut()).rejects.toThrow('takes too long')
  while (await fanOut());
  expect(await over()).toEqual(['2-good'])
  await database.pool.query('update shop_event_turns set leased_until = 0')
  await expect(fanOut()).rejects.toThrow('takes too long')
})

test('a rehearsal reads any number of events, asks about the latest and counts the others; after a year they are dropped', async () => {
  const { pool } = database
  await pool.query('delete from shop_event_turns')
  await pool.query('delete from shop_events')
  const now = Date.now()
  // Several at an instant, also where a page ends.
  await pool.query(
    `insert into shop_events (message_id, name, properties, received_at, sent_by)
     select 'e-' || n, 'Price Dropped', '{"product_id":"p-1"}', $1::bigint - n / 3, 'test' from generate_series(0, 2499) n`,
    [now - 1_000],
  )
  const fanOutPast = makePastFanOut({ pool, ask, settings: async () => settings })
  expect(await fanOutPast(journey, { since: now - 86_400_000, until: now }, signal)).toMatchObject({ events: 200, leftOut: 2_300 })

  await told('fresh', 'p-1')
  const drop = (at: number) => dropOldShopEvents(pool, at, 2_000)
  expect(await drop(now + KEPT_MS - 2_000)).toBe(false)
  expect(await drop(now + KEPT_MS - 999)).toBe(true)
  expect(await drop(now + KEPT_MS - 999)).toBe(false)
  const left = await pool.query('select e.message_id, t.journey_id from shop_events e join shop_event_turns t using (message_id)')
  expect(left.rows).toEqual([{ message_id: 'fresh', journey_id: 'drops' }])
  expect(await drop(now + 2 * KEPT_MS)).toBe(false)
  expect((await pool.query('select 1 from shop_events union all select 1 from shop_event_turns')).rows).toEqual([])
})

test('an event that lacks what one of several ways in names lets people in by the other, and says so', async () => {
  const { pool } = database
  const by = (path: string) => ({
    kind: 'shop-event',
    on: { event: 'Price Lowered' },
    concerns: { kind: 'trait', trait: 'wished_price', compare: { op: 'at-least', value: `{event.${path}}` } },
  })
  await publish(pool, journeySchema.parse({ ...journey, id: 'two-ways', entries: [by('price'), by('member_price')] }))
  await exportAll()
  const tell = (messageId: string, properties: JsonObject) =>
    insertShopEvent(pool, { messageId, event: 'Price Lowered', properties, sentBy: 'test', journeys: ['two-ways'] })
  await tell('one-way', { price: 49 })
  await tell('no-way', { price: 'forty-nine' })
  while (await fanOutShopEvents({ pool, ask, settings: async () => settings, append: async () => [] }, signal));
  const told = await readShopEvents(pool, { before: null, event: 'Price Lowered', limit: 10 })
  expect(Object.fromEntries(told.map(({ messageId, journeys: [turn] }) => [messageId, [turn?.asked, turn?.note]]))).toEqual({
    'one-way': [1, 'another way in concerns nobody, since it lacks member_price'],
    'no-way': [0, 'its price is "forty-nine" where a number is wanted, and it lacks member_price'],
  })
})
