import { afterAll, beforeAll, expect, test } from 'vitest'
import { shardOf } from '@throughline/contracts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, readProfile, untilTaken } from './test/harness.ts'
import type { Worker } from './worker.ts'

let database: TestDatabase
let worker: Worker

beforeAll(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
  await worker.start()
  await database.pool.query(`insert into lists (id, name, created_at, created_by) values ('vip', 'VIP', 0, 'test')`)
  const journey = (id: string, event: string, step: object) => ({
    kind: 'journey',
    id,
    name: id,
    entry: { on: { event }, reentry: { kind: 'always' } },
    start: 'a',
    steps: { a: step },
  })
  await publish(
    database.pool,
    journey('in', 'Praised', { kind: 'list', list: 'vip' }),
    journey('out', 'Scolded', { kind: 'list', list: 'vip', change: 'remove' }),
    journey('gone', 'Lost', { kind: 'list', list: 'no-such-list' }),
    journey('yes', 'Agreed', { kind: 'consent', channel: 'email', state: 'granted' }),
    journey('no', 'Left Alone', { kind: 'consent', channel: 'email', topic: 'news', state: 'withdrawn' }),
  )
  await untilTaken(database.pool)
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
})

const members = async () =>
  (await database.pool.query('select list_id, profile_id, person, member, current from list_members order by at')).rows
const consents = async (id: string) =>
  (await database.pool.query('select channel, topic, state, source from consents where profile_id = $1 order by topic', [id])).rows
const hear = async (profileId: string, ...names: string[]) => {
  for (const name of names) await append(database.pool, [{ profileId, name }])
  await untilTaken(database.pool)
}

test('a journey changes lists and consents in the transaction that says so, and lifts no opt-out', async () => {
  const id = makeProfileId(3)
  await hear(id, 'Praised', 'Lost')
  expect(await members()).toEqual([{ list_id: 'vip', profile_id: id, person: id, member: true, current: true }])
  await hear(id, 'Praised', 'Scolded')
  expect(await members()).toMatchObject([{ member: false, current: true }])
  expect((await readFacts(database.pool, id)).filter(({ name }) => name.startsWith('List ')).map(({ name }) => name)).toEqual([
    'List Joined',
    'List Joined',
    'List Left',
  ])

  await hear(id, 'Agreed', 'Left Alone')
  expect(await consents(id)).toEqual([
    { channel: 'email', topic: '', state: 'granted', source: 'journey yes' },
    { channel: 'email', topic: 'news', state: 'withdrawn', source: 'journey no' },
  ])
  // The person's own word is in the table before the pipeline hears it: the journey's yes comes after and changes nothing.
  const other = makeProfileId(4)
  await database.pool.query(
    `insert into consents (shard, profile_id, channel, topic, state, source, at) values ($1, $2, 'email', '', 'withdrawn', 'preference centre', 5)`,
    [shardOf(other), other],
  )
  await hear(other, 'Agreed')
  expect(await consents(other)).toMatchObject([{ state: 'withdrawn', source: 'preference centre' }])
})

test('what a journey says of somebody who was merged already, before their worker hears of it, is the survivor’s', async () => {
  const [winner, loser] = [makeProfileId(5), makeProfileId(6)]
  await worker.stop()
  await database.pool.query(
    `insert into merges (id, winner, loser, at, reason, moved) values (gen_random_uuid(), $1, $2, 0, 'test', '[]')`,
    [winner, loser],
  )
  await append(database.pool, [
    { profileId: loser, name: 'Praised' },
    { profileId: loser, name: 'Left Alone' },
    { profileId: loser, type: 'control', name: 'merge-out', properties: { merge: 'm1', winner } },
  ])
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  expect((await readProfile(database.pool, loser))?.mergedInto).toBe(winner)
  expect((await members()).filter((row) => row['profile_id'] === loser)).toMatchObject([{ person: winner, member: true, current: true }])
  expect(await consents(winner)).toMatchObject([{ topic: 'news', state: 'withdrawn' }])
})
