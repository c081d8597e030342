import { shardCount } from '@throughline/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { append, makeProfileId, makeTestWorker, publish, until, untilTaken, type TestEvent } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

const day = 86_400_000

let database: TestDatabase
let history: TestClickHouse
let worker: Worker

beforeEach(async () => {
  ;[database, history] = await Promise.all([makeTestDatabase(), makeTestClickHouse()])
  worker = makeTestWorker(database.pool, { clickhouse: { url: history.url } })
  await worker.start()
})
afterEach(async () => {
  await worker.stop()
  await Promise.all([database.drop(), history.drop()])
})

const templates = [
  { kind: 'template', id: 'mail', name: 'Mail', channel: 'email', subject: 'Hi', html: '<p>Hello</p>' },
  { kind: 'template', id: 'note', name: 'Note', channel: 'inbox', title: 'Hi', body: 'Hello' },
]
const journey = {
  kind: 'journey',
  id: 'cart',
  name: 'Cart',
  entry: { on: { event: 'Product Added' } },
  start: 'say',
  steps: {
    say: {
      kind: 'best-message',
      channels: [
        { channel: 'email', template: 'mail' },
        { channel: 'inbox', template: 'note' },
      ],
      learned: { explore: 0 },
    },
  },
}

/** Somebody who got three messages by the inbox two days ago, and opened so many. */
function got(profileId: string, opened: number): TestEvent[] {
  const at = Date.now() - 2 * day
  return Array.from({ length: 3 }, (_, i) => {
    const about = { profileId, type: 'outcome', at, properties: { message_id: `${profileId}-${i}`, channel: 'inbox' } }
    return [{ ...about, name: 'Message Sent' }, ...(i < opened ? [{ ...about, name: 'Message Opened', at: at + 1_000 }] : [])]
  }).flat()
}

async function storeRates(epoch: number, email: number): Promise<void> {
  const channels = { email: { sent: 1_000, answered: email, strength: 10 }, inbox: { sent: 1_000, answered: 200, strength: 10 } }
  await database.pool.query('insert into answer_rates (as_of, in_force_at, epoch, channels) values (1, 1, $1::bigint, $2::jsonb)', [
    epoch,
    JSON.stringify(channels),
  ])
}

/** By which channels somebody was written to, in order. */
async function channelsOf(profileId: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ channel: string }>(
    'select channel from messages where profile_id = $1::uuid order by created_at, id',
    [profileId],
  )
  return rows.map(({ channel }) => channel)
}

async function come(profileIds: readonly string[]): Promise<void> {
  await append(
    database.pool,
    profileIds.map((profileId): TestEvent => ({ profileId, name: 'Product Added' })),
  )
  await untilTaken(database.pool)
}

test('who was there before goes by what they answered then, and figures that come into force later count from there on without a look at everybody', async () => {
  const [opens, ignores, fresh] = [makeProfileId(), makeProfileId(), makeProfileId()]
  const identify = (profileId: string): TestEvent => ({
    profileId,
    type: 'identify',
    name: 'Identified',
    properties: { email: `${profileId}@shop.test` },
  })
  await append(database.pool, [...[opens, ignores, fresh].map(identify), ...got(opens, 3), ...got(ignores, 0)])
  await untilTaken(database.pool)
  await storeRates(1, 300)
  expect(await publish(database.pool, ...templates, journey)).toBe(1)
  await untilTaken(database.pool)
  await until(
    'the leaf to be filled',
    async () => (await database.pool.query(`select 1 from leaf_fills where status <> 'done'`)).rowCount === 0,
    60_000,
  )
  await untilTaken(database.pool)
  await come([opens, ignores, fresh])
  expect(await channelsOf(opens)).toEqual(['inbox'])
  expect(await channelsOf(ignores)).toEqual(['email'])
  expect(await channelsOf(fresh)).toEqual(['email'])

  const looks = async (): Promise<number> =>
    (await database.pool.query(`select 1 from inbox where name = 'reconsider' and lane = 1`)).rowCount ?? 0
  const before = await looks()
  await storeRates(2, 10)
  await database.pool.query('update workspace set definitions_epoch = 2')
  await append(
    database.pool,
    Array.from({ length: shardCount }, (_, shard): TestEvent => ({
      profileId: `00000000-0000-0000-0000-0000000000${shard.toString(16).padStart(2, '0')}`,
      type: 'control',
      name: 'definitions-published',
      properties: { epoch: 2, figures: true },
    })),
  )
  await untilTaken(database.pool)
  expect(await looks()).toBe(before)
  const other = makeProfileId()
  await append(database.pool, [identify(other)])
  await come([other])
  expect(await channelsOf(other)).toEqual(['inbox'])
}, 90_000)
