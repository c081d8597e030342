import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, untilTaken, type TestEvent } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

let database: TestDatabase
let worker: Worker
beforeEach(async () => {
  database = await makeTestDatabase()
})
afterEach(async () => {
  await worker.stop()
  await database.drop()
})

const often = { kind: 'segment', id: 'often', name: 'Often', where: { kind: 'rfm', frequency: [5] } }
const buyers = { kind: 'segment', id: 'buyers', name: 'Buyers', where: { kind: 'rfm' } }

/** Puts thresholds in force from an epoch on: those with more orders than this have the best frequency. */
async function store(epoch: number, orders: number, inForceAt: number): Promise<void> {
  const thresholds = { days: null, recency: [1, 1, 1, 1], frequency: [orders, orders, orders, orders], money: [0, 0, 0, 0] }
  await database.pool.query(
    `insert into rfm_versions (kind, day, as_of, known_at, in_force_at, epoch, people, thresholds, cells)
     values ('daily', '2026-11-22', 1, 1, $3::bigint, $1::bigint, 1, $2::jsonb, '[]')`,
    [epoch, JSON.stringify(thresholds), inForceAt],
  )
}

/** Says in every shard that only what depends on everybody is new since this instant. */
async function tell(epoch: number, rankedAt: number): Promise<void> {
  await append(
    database.pool,
    Array.from({ length: 64 }, (_, shard): TestEvent => ({
      profileId: `00000000-0000-0000-0000-0000000000${shard.toString(16).padStart(2, '0')}`,
      type: 'control',
      name: 'definitions-published',
      properties: { epoch, rankedAt },
    })),
  )
}

test('new thresholds change memberships at their instant, and leave it to a publication before them to fill what it brought', async () => {
  await store(1, 5, 1)
  expect(await publish(database.pool, often)).toBe(1)
  // More people of one shard than one look takes.
  const people = Array.from({ length: 60 }, () => makeProfileId(3))
  await append(
    database.pool,
    people.map((profileId): TestEvent => ({ profileId, name: 'Order Completed', properties: { total: 5 } })),
  )
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  await worker.stop()
  // Both are there when the worker comes back, so that one look is still going round when the other begins.
  expect(await publish(database.pool, buyers)).toBe(2)
  await store(3, 0, 1_234)
  await tell(3, 1_234)
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  for (const id of people) {
    const facts = (await readFacts(database.pool, id)).map(({ name, at, properties }) => [
      name,
      properties.segment,
      properties.filled,
      at === 1_234,
    ])
    expect(facts.toSorted((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1))).toEqual([
      ['Segment Entered', 'buyers', true, false],
      ['Segment Entered', 'often', undefined, true],
    ])
  }
})

test('a publication that a fill decides leaves it to the one before it to look at everybody', async () => {
  const people = Array.from({ length: 60 }, () => makeProfileId(3))
  await append(
    database.pool,
    people.map((profileId): TestEvent => ({ profileId, type: 'identify', name: 'Identified', properties: { plan: 'gold' } })),
  )
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  await worker.stop()
  // Both are there when the worker comes back: the second is in force before the first has looked at more than a slice.
  await publish(database.pool, {
    kind: 'segment',
    id: 'gold',
    name: 'Gold',
    where: { kind: 'trait', trait: 'plan', compare: { op: 'is', value: 'gold' } },
  })
  await publish(database.pool, {
    kind: 'segment',
    id: 'buyers',
    name: 'Buyers',
    where: { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 1 } },
  })
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  const found = await Promise.all(people.map((id) => readFacts(database.pool, id)))
  expect(found.filter((facts) => facts.some(({ properties }) => properties.segment === 'gold'))).toHaveLength(60)
})
