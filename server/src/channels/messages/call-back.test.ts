import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeChannelWorld, until, type ChannelWorld } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { withTransaction } from '../../platform/postgres/index.ts'
import { returnMessages } from '../sender/record.ts'
import { callBackStatement } from './call-back.ts'

let database: TestDatabase
let world: ChannelWorld

beforeAll(async () => {
  database = await makeTestDatabase()
  world = await makeChannelWorld(database.pool, {})
})
afterAll(async () => {
  await world.stop()
  await database.drop()
})
beforeEach(() => database.pool.query('truncate messages, profiles'))

test('a message that is being given back at that very moment is called back all the same', async () => {
  const person = await world.makePerson({ email: 'ann@example.com' })
  const row = world.makeRow(person, { claimedBy: 'w2' })
  await world.send(row)
  const back = { ...row, dueAt: null, attempted: false, delay: 'Delayed: the provider is down', error: null }
  const called = await withTransaction(database.pool, async (sender) => {
    await returnMessages(sender, 'w2', [back])
    const call = database.pool.query(callBackStatement([{ ...row, journey: 'cart', since: 0, reason: 'Not sent: paid' }]))
    const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'called_back'"
    await until(
      () => database.pool.query(waiting),
      ({ rowCount }) => rowCount === 1,
    )
    return { call }
  })
  await called.call
  expect(await world.row(row.id)).toMatchObject({ status: 'queued', called_back: 'Not sent: paid' })
})

test('calling many back while they are given back in another order ends in no deadlock', async () => {
  const person = await world.makePerson({ email: 'ann@example.com' })
  const rows = Array.from({ length: 200 }, () => world.makeRow(person, { claimedBy: 'w2' }))
  await world.send(...rows)
  const backwards = rows.toReversed().map(({ shard, id }) => ({ shard, id, dueAt: null, attempted: false, delay: null, error: null }))
  for (let round = 0; round < 20; round++) {
    await database.pool.query("update messages set called_back = null, status = 'sending', claimed_by = 'w2'")
    await Promise.all([
      database.pool.query(callBackStatement([{ ...rows[0]!, journey: 'cart', since: 0, reason: 'Not sent: paid' }])),
      returnMessages(database.pool, 'w2', backwards),
    ])
  }
})
