import { afterEach, beforeEach, expect, test } from 'vitest'
import { definitionSchema, type Event } from '@throughline/contracts'
import { compileDefinitions, foldProfile } from '@throughline/engine'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, readProfile, settings, untilTaken } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

const once = definitionSchema.parse({
  kind: 'segment',
  id: 'once',
  name: 'Once',
  where: { kind: 'event', event: 'Order Completed', times: { op: 'exactly', n: 1 } },
})
const definitions = compileDefinitions([{ definition: once, version: 1, epoch: 1 }], settings)
const [leaf] = [...definitions.leaves.keys()]

let database: TestDatabase
let worker: Worker

beforeEach(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
  await worker.start()
})
afterEach(async () => {
  await worker.stop()
  await database.drop()
})

function order(n: number): Event {
  return {
    id: `web:order-${n}`,
    type: 'track',
    name: 'Order Completed',
    timestamp: n,
    receivedAt: n,
    properties: {},
    context: {},
    source: 'web',
    lane: 0,
    triggers: true,
  }
}

test('somebody who was merged while history was still being read is decided once all of theirs is there', async () => {
  const [winner, loser] = [makeProfileId(3), makeProfileId(5)]
  await append(database.pool, [
    { profileId: winner, name: 'Page Viewed' },
    { profileId: loser, name: 'Page Viewed' },
  ])
  await untilTaken(database.pool)
  await publish(database.pool, once)
  await untilTaken(database.pool)
  // The winner's shard has been filled; the loser's has not when the merge comes.
  await worker.stop()
  await database.pool.query(`update leaf_fills set status = 'done' where shard = 3`)
  worker = makeTestWorker(database.pool)
  await worker.start()
  await append(database.pool, [{ profileId: loser, type: 'control', name: 'merge-out', properties: { merge: 'm1', winner } }])
  await untilTaken(database.pool)
  const decided = async (): Promise<string[]> =>
    (await readFacts(database.pool, winner)).map((fact) => fact.name).filter((name) => name.startsWith('Segment'))
  expect((await readProfile(database.pool, loser))?.mergedInto).toBe(winner)
  expect((await readProfile(database.pool, winner))?.pending).toEqual([leaf])
  expect(await decided()).toEqual([])
  const asked = `select profile_id, live_seq || '.' || bulk_seq as request from profile_refolds`
  const { rows } = await database.pool.query<{ profile_id: string; request: string }>(asked)
  expect(rows.map((row) => row.profile_id)).toEqual([winner])
  // What was folded for the loser alone is a part only, and so is what was folded for the winner before the merge.
  for (const [id, events, refold] of [
    [loser, [order(1)], '1.1'],
    [winner, [order(1)], '1.0'],
    [winner, [order(1), order(2)], rows[0]!.request],
  ] as const) {
    expect(await decided()).toEqual([])
    expect((await readProfile(database.pool, winner))?.pending).toEqual([leaf])
    const profile = foldProfile(id, 0, events, { definitions })
    await append(database.pool, [{ profileId: id, type: 'control', name: 'adopt', lane: 1, properties: { profile, refold } }])
    await untilTaken(database.pool)
  }
  expect((await readProfile(database.pool, winner))?.pending).toBeUndefined()
  expect(await decided()).toEqual([])
})
