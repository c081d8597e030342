import { shardOf } from '@throughline/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { v7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { addSuppressions, applyConsentChanges, tellHolders, type AddressEvent } from './index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query('truncate suppressions, address_changes, identifiers'))

async function tell(): Promise<AddressEvent[]> {
  const told: AddressEvent[] = []
  await tellHolders(database.pool, async (events) => told.push(...events))
  return told
}
const inShort = ({ name, properties, who }: AddressEvent) => [name, properties['reason'], who.profileId]
const say = (profileId: string, state: 'granted' | 'withdrawn', at: number, address: string) =>
  applyConsentChanges(database.pool, [
    {
      shard: shardOf(profileId),
      profileId,
      channel: 'email',
      topic: '',
      state,
      source: 'test',
      at,
      address,
      wording: null,
      history: false,
      trusted: true,
    },
  ])

test('whoever an address leads to is told what stands of it, once, and so is whoever said something about it without being known by it', async () => {
  const [owner, other] = [v7(), v7()].toSorted() as [string, string]
  await database.pool.query(
    `insert into identifiers (bucket, kind, value, profile_id, created_at) values (0, 'email', 'jane@shop.example', $1::uuid, 0)`,
    [owner],
  )
  await say(other, 'withdrawn', 1, 'Jane@shop.example')
  expect((await tell()).map(inShort)).toEqual([
    ['Address Suppressed', 'unsubscribed', owner],
    ['Address Suppressed', 'unsubscribed', other],
  ])
  // Several changes of one address are told as what stands in the end.
  await say(other, 'granted', 2, 'jane@shop.example')
  await addSuppressions(database.pool, [{ channel: 'email', address: 'jane@shop.example', reason: 'bounced', source: 'test', at: 3 }])
  expect((await tell()).map(inShort)).toEqual([
    ['Address Suppressed', 'bounced', owner],
    ['Address Suppressed', 'bounced', other],
  ])
  // An address that identifies nobody.
  await say(other, 'withdrawn', 1, 'jane@localhost')
  await say(other, 'granted', 2, 'jane@localhost')
  expect((await tell()).map(inShort)).toEqual([['Address Released', undefined, other]])
  expect(await tell()).toEqual([])
})

test('what is told carries a time before the look at what stands: what changes behind it comes with a later one', async () => {
  const { pool } = database
  const person = v7()
  await say(person, 'withdrawn', 1, 'jane@localhost')
  const client = await pool.connect()
  try {
    await client.query('begin; lock table suppressions in access exclusive mode')
    const telling = tell()
    await expect
      .poll(async () => (await pool.query(`select from pg_locks where relation = 'suppressions'::regclass and not granted`)).rowCount)
      .toBe(1)
    await sleep(5)
    const { rows } = await client.query<{ at: number }>('select (extract(epoch from clock_timestamp()) * 1000)::bigint as at')
    await sleep(5)
    await client.query(`update suppressions set reason = 'complaint'; commit`)
    const [told] = await telling
    expect(told?.properties).toMatchObject({ reason: 'complaint' })
    expect(told?.timestamp).toBeLessThan(rows[0]!.at)
  } finally {
    client.release()
  }
})
