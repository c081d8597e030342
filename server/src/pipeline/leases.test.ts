import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import type { MessageRow } from '../channels/index.ts'
import { openPipelinedClient } from '../platform/postgres/index.ts'
import { makeDefinitions } from './definitions.ts'
import { commitBatch } from './commit.ts'
import { makeLeases } from './leases.ts'
import { makePeople } from './advance/people.ts'
import { takeIntake, prepareIntake } from './advance/take.ts'
import { makeTurn } from './advance/turn.ts'
import { readEntries } from './read.ts'
import { cartJourney, buyers, template } from './test/definitions.ts'
import { append, makeProfileId, makeTestWorker, publish, readProfile, settings, until, untilTaken } from './test/harness.ts'
import type { Worker } from './worker.ts'

let database: TestDatabase
let workers: Worker[] = []

beforeEach(async () => {
  database = await makeTestDatabase({ max: 20 })
})

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  workers = []
  await database.drop()
})

async function startWorker(options: Parameters<typeof makeTestWorker>[1] = {}): Promise<Worker> {
  const worker = makeTestWorker(database.pool, options)
  workers.push(worker)
  await worker.start()
  return worker
}

test('workers share the shards fairly, and take over what one of them gives back', async () => {
  const first = await startWorker()
  await until('the first to have all', () => first.status().shards.length === 64)
  const second = await startWorker()
  await until('both to have half', () => first.status().shards.length === 32 && second.status().shards.length === 32)
  expect(new Set([...first.status().shards, ...second.status().shards]).size).toBe(64)
  await first.stop()
  await until('the second to have all', () => second.status().shards.length === 64)
})

/** Leases all shards and decides on what stands in their live lanes; nothing of it is written. */
async function decide(worker: string) {
  const { pool } = database
  const leases = makeLeases({ worker })
  await leases.upkeep(pool)
  const definitions = makeDefinitions(async () => settings)
  await definitions.load(pool, 0)
  const people = makePeople(100)
  const live = await readEntries(
    pool,
    0,
    [...leases.held.values()].map((state) => ({ state, limit: 10 })),
    1_000,
  )
  const intake = { live, bulk: [], timers: [], barriers: new Map<number, number>(), walks: [] }
  const { entries, people: ids } = await prepareIntake(
    intake,
    leases.held,
    { db: pool, loadDefinitions: (epoch) => definitions.load(pool, epoch) },
    () => true,
  )
  await people.load(pool, ids)
  const turn = makeTurn({
    worker,
    clock: Date.now(),
    people,
    definitions: definitions.get,
    suppressions: new Map(),
    bulkRoom: () => 0,
    onBroken: () => undefined,
  })
  takeIntake(turn, intake, entries, leases.held, false)
  return { leases, batch: turn.batch }
}

test('a batch of which a part cannot be written leaves nothing behind, and can be committed once it is mended', async () => {
  const { pool } = database
  await publish(pool, buyers)
  const id = makeProfileId()
  await append(pool, [{ profileId: id, name: 'Order Completed' }])
  const { leases, batch } = await decide('clumsy')
  const client = await openPipelinedClient(pool, { name: 'clumsy writes' })
  try {
    const person = batch.people.get(id)!
    person.mergedInto = 'no id'
    await expect(commitBatch(client, batch, leases.held)).rejects.toThrow('Not a UUID')
    person.mergedInto = null
    batch.messages.push({ profileId: 'no id' } as MessageRow)
    await expect(commitBatch(client, batch, leases.held)).rejects.toThrow('Not a UUID')
    batch.messages.pop()
    expect((await client.query('select live_seq from shards where live_seq > 0')).rowCount).toBe(0)
    await commitBatch(client, batch, leases.held)
  } finally {
    await client.close()
  }
  expect(await readProfile(pool, id)).toBeDefined()
})

test('a worker whose lease was taken meanwhile commits nothing', async () => {
  const { pool } = database
  await publish(pool, buyers)
  const id = makeProfileId()
  await append(pool, [
    { profileId: id, name: 'Order Completed' },
    { profileId: id, name: 'Order Completed' },
  ])
  const { leases: paused, batch } = await decide('paused')
  // Ten seconds pass, and another worker takes up the shards.
  await pool.query('update shards set lease_until = 0')
  await pool.query('update workers set seen_at = 0')
  await startWorker()
  await untilTaken(pool)
  const client = await pool.connect()
  try {
    await expect(commitBatch(client, batch, paused.held)).rejects.toMatchObject({ code: 'lease_lost' })
  } finally {
    client.release()
  }
  expect((await pool.query('select sum(n)::int as n from segment_counts')).rows).toEqual([{ n: 1 }])
  expect(await paused.reload(pool)).toHaveLength(64)
})

test('two workers that come and go take every entry once, in the order of each shard', async () => {
  await publish(database.pool, buyers, template, cartJourney())
  await startWorker()
  const ids = Array.from({ length: 40 }, () => makeProfileId())
  for (let round = 0; round < 6; round++) {
    await append(
      database.pool,
      ids.flatMap((profileId) => [
        { profileId, name: 'Order Completed' },
        { profileId, name: 'Cart Left' },
      ]),
    )
    if (round === 1) await startWorker()
    if (round === 3) await workers.shift()!.stop()
  }
  await untilTaken(database.pool)
  const sizes = await database.pool.query<{ n: number }>('select sum(n)::int as n from segment_counts')
  expect(sizes.rows).toEqual([{ n: 40 }])
  // Each cart is left behind by the next order: entered six times, ended five times by the goal.
  const edges = await database.pool.query('select edge, sum(n)::int as n from edge_counts group by 1 order by 1')
  expect(edges.rows).toEqual([
    { edge: 'entry', n: 240 },
    { edge: 'goal:0', n: 200 },
    { edge: 'left:goal', n: 200 },
    { edge: 'reached/0/entry', n: 200 },
  ])
  for (const id of ids) expect((await readProfile(database.pool, id))?.runs).toHaveLength(1)
})
