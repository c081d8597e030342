import { afterEach, beforeEach, expect, test } from 'vitest'
import { shardOf } from '@throughline/contracts'
import { Registry } from 'prom-client'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeSilentLog } from '../platform/log/index.ts'
import { makePool } from '../platform/postgres/index.ts'
import { makeDefinitions } from './definitions.ts'
import { makeLoop } from './loop.ts'
import { makePipelineMeters } from './meters.ts'
import { makeClock, type TestClock } from './test/clock.ts'
import { buyers, cartJourney, germans, template } from './test/definitions.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, readProfile, settings, until, untilTaken } from './test/harness.ts'
import type { Worker } from './worker.ts'

const HOUR = 3_600_000

let database: TestDatabase
let workers: Worker[] = []
let clock: TestClock | undefined

beforeEach(async () => {
  database = await makeTestDatabase()
})

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  workers = []
  await clock?.stop()
  clock = undefined
  await database.drop()
})

async function startWorker(options: Parameters<typeof makeTestWorker>[1] = {}): Promise<Worker> {
  const worker = makeTestWorker(clock?.pool ?? database.pool, options)
  workers.push(worker)
  await worker.start()
  return worker
}

test('events move traits, segments and counts, and what followed stands in the derived stream', async () => {
  await publish(database.pool, buyers, germans)
  await startWorker()
  const id = makeProfileId()
  await append(database.pool, [
    { profileId: id, type: 'identify', name: 'Identified', properties: { country: 'DE' } },
    { profileId: id, name: 'Order Completed' },
    { profileId: id, name: 'Order Completed' },
    { profileId: id, name: 'Something Else' },
  ])
  await untilTaken(database.pool)
  const profile = await readProfile(database.pool, id)
  expect(profile?.traits.country?.[0]).toBe('DE')
  expect(Object.keys(profile?.segments ?? {}).sort()).toEqual(['buyers', 'germans'])
  expect((await readFacts(database.pool, id)).map((fact) => [fact.name, fact.properties.segment])).toEqual([
    ['Segment Entered', 'germans'],
    ['Segment Entered', 'buyers'],
  ])
  const { rows } = await database.pool.query('select shard, segment_id, n from segment_counts order by segment_id')
  expect(rows).toEqual([
    { shard: shardOf(id), segment_id: 'buyers', n: 1 },
    { shard: shardOf(id), segment_id: 'germans', n: 1 },
  ])
})

test('somebody new is in what holds for those who did nothing, unless the first thing they do is that very thing', async () => {
  await publish(database.pool, {
    kind: 'segment',
    id: 'not-yet',
    name: 'Not yet',
    where: { kind: 'not', of: { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 1 } } },
  })
  await startWorker()
  await untilTaken(database.pool)
  const [buyer, visitor] = [makeProfileId(), makeProfileId()]
  await append(database.pool, [
    { profileId: buyer, name: 'Order Completed' },
    { profileId: visitor, name: 'Page Viewed' },
  ])
  await untilTaken(database.pool)
  expect(await readFacts(database.pool, buyer)).toEqual([])
  expect(await readFacts(database.pool, visitor)).toMatchObject([{ name: 'Segment Entered', properties: { segment: 'not-yet' } }])
  expect((await readProfile(database.pool, visitor))?.segments).toHaveProperty('not-yet')
})

test('a message is written once, born claimed by the worker that wrote it, and handed over after the commit', async () => {
  const delivered: string[] = []
  await publish(database.pool, template, cartJourney('1 second'))
  const worker = await startWorker({ deliver: (messages) => delivered.push(...messages.map((message) => message.id)) })
  const count = async (table: string): Promise<number> => (await database.pool.query(`select 1 from ${table}`)).rowCount!
  let message: { readonly id: string; readonly claimed_by: string | null } | undefined
  // One that is decided late, by a machine that is busy, is left to whoever claims it: then somebody else leaves a cart.
  for (let people = 1; (message?.claimed_by ?? null) === null; people++) {
    const id = makeProfileId()
    await append(database.pool, [{ profileId: id, name: 'Cart Left' }])
    await until('the message to be written', async () => (await count('messages')) === people)
    const { rows } = await database.pool.query<{ id: string; claimed_by: string | null }>(
      'select id, status, claimed_by, lane, journey_id, step from messages where profile_id = $1',
      [id],
    )
    message = rows[0]
  }
  await until('it to be handed over', () => delivered.length > 0)
  expect(message).toEqual({ id: delivered[0], status: 'queued', claimed_by: worker.id, lane: 0, journey_id: 'cart', step: 'say' })
  expect(delivered).toHaveLength(1)
  expect(await count('runs')).toBe(0)
  expect(await count('timers')).toBe(0)
})

test('of bulk as many messages are born claimed as the sender has room for, and nobody holds the others', async () => {
  const delivered: string[] = []
  await publish(database.pool, template)
  const asked: string[] = []
  const worker = await startWorker({
    deliver: (messages) => delivered.push(...messages.map((message) => message.id)),
    bulkRoom: (channel) => {
      asked.push(channel)
      return 3
    },
  })
  const shard = shardOf(makeProfileId())
  const ids = Array.from({ length: 8 }, () => makeProfileId(shard))
  // What a marketing message would do that a busy machine decides late, is no question here.
  const say = { kind: 'message', channel: 'inbox', template: 'cart-inbox', purpose: 'transactional' }
  await publish(database.pool, { ...cartJourney(), id: 'now', start: 'say', steps: { say } })
  await append(
    database.pool,
    ids.map((profileId) => ({ profileId, name: 'Cart Left', lane: 1 as const })),
  )
  await until(
    'all to be decided',
    async () => (await database.pool.query(`select 1 from messages where journey_id = 'now'`)).rowCount === 8,
  )
  const { rows } = await database.pool.query<{ id: string; claimed_by: string | null; lane: number }>(
    `select id, claimed_by, lane from messages where journey_id = 'now'`,
  )
  expect(rows.every(({ lane }) => lane === 1)).toBe(true)
  const claimed = rows.filter((row) => row.claimed_by === worker.id).map(({ id }) => id)
  // In one turn mostly, of which three are claimed; what other turns had of them, had its own room.
  expect(claimed.length).toBeGreaterThanOrEqual(3)
  expect(claimed.length).toBeLessThanOrEqual(Math.min(8, 3 * asked.length))
  await until('them to be delivered', () => claimed.every((id) => delivered.includes(id)))
  expect(delivered.filter((id) => rows.some((row) => row.id === id && row.claimed_by === null))).toEqual([])
})

test('a buyer who paid while the worker was down gets no cart message when it comes back', async () => {
  const { pool, putAhead } = (clock = await makeClock(database))
  await publish(pool, template, cartJourney('1 hour'))
  const first = await startWorker()
  const paid = makeProfileId()
  const left = makeProfileId(shardOf(paid))
  await append(pool, [
    { profileId: paid, name: 'Cart Left' },
    { profileId: left, name: 'Cart Left' },
  ])
  await untilTaken(pool)
  await first.stop()
  await append(pool, [{ profileId: paid, name: 'Order Completed' }])
  await putAhead(HOUR)
  await startWorker()
  await until('the message to the one who did not pay', async () => (await database.pool.query('select 1 from messages')).rowCount! > 0)
  await untilTaken(database.pool)
  expect((await database.pool.query('select profile_id from messages')).rows).toEqual([{ profile_id: left }])
  expect((await readFacts(database.pool, paid)).map((fact) => fact.name)).toContain('Goal Reached')
})

test('a wait that ended while the worker was down ends at its own instant, before a later order', async () => {
  const { pool, putAhead } = (clock = await makeClock(database))
  await publish(pool, template, cartJourney('1 hour'))
  const first = await startWorker()
  const id = makeProfileId()
  await append(pool, [{ profileId: id, name: 'Cart Left' }])
  await untilTaken(pool)
  await first.stop()
  const due = (await pool.query<{ due_at: number }>('select due_at from timers')).rows[0]!.due_at
  await putAhead(HOUR)
  await append(pool, [{ profileId: id, name: 'Order Completed' }])
  await startWorker()
  await untilTaken(database.pool)
  const messages = await database.pool.query<{ created_at: number }>('select created_at from messages')
  expect(messages.rows).toEqual([{ created_at: due }])
})

test('a buyer who paid after the wait was over, while the worker was down, gets no cart message either', async () => {
  const delivered: string[] = []
  const { pool, now, putAhead } = (clock = await makeClock(database))
  await publish(pool, template, cartJourney('1 hour'))
  const first = await startWorker()
  const paid = makeProfileId()
  const left = makeProfileId(shardOf(paid))
  await append(pool, [
    { profileId: paid, name: 'Cart Left' },
    { profileId: left, name: 'Cart Left' },
  ])
  await untilTaken(pool)
  await first.stop()
  // Longer than a message may be late before its shard counts as behind.
  await putAhead(HOUR + 10_000)
  await append(pool, [{ profileId: paid, name: 'Order Completed' }])
  const began = await now()
  await startWorker({ deliver: (messages) => delivered.push(...messages.map((message) => message.profileId)) })
  await untilTaken(database.pool)
  await until('both messages to be decided', async () => (await database.pool.query('select 1 from messages')).rowCount === 2)
  const { rows } = await database.pool.query<{ due_at: number; leased_at: number }>(
    `select m.profile_id, m.status, m.called_back, m.claimed_by, m.created_at, m.due_at, s.leased_at
     from messages m join shards s on s.shard = m.shard order by m.called_back`,
  )
  expect(rows).toMatchObject([
    {
      profile_id: paid,
      status: 'queued',
      called_back: 'Not sent: the goal of Cart was reached (Order Completed) before it went out',
      claimed_by: null,
    },
    // Left to whoever claims it once the shard has heard everything.
    { profile_id: left, status: 'queued', called_back: null, claimed_by: null },
  ])
  for (const row of rows) expect(Math.min(row.due_at, row.leased_at)).toBeGreaterThanOrEqual(began)
  expect(delivered).toEqual([])
})

test('an order calls back the message of its run that stands in the table, and none of an earlier run', async () => {
  await publish(database.pool, template, cartJourney('1 second'))
  await startWorker()
  const id = makeProfileId()
  const say = async (n: number): Promise<void> => {
    await append(database.pool, [{ profileId: id, name: 'Cart Left' }])
    await until('the message to be written', async () => (await database.pool.query('select 1 from messages')).rowCount === n)
  }
  await say(1)
  await say(2)
  await append(database.pool, [{ profileId: id, name: 'Order Completed' }])
  await untilTaken(database.pool)
  const { rows } = await database.pool.query('select called_back is not null as back from messages order by created_at')
  expect(rows).toEqual([{ back: false }, { back: true }])
})

test('an event that ends one run and starts the next calls back what the first said, in one turn or in two', async () => {
  await publish(database.pool, template, {
    ...cartJourney(),
    goal: { on: { event: 'Cart Left' } },
    start: 'say',
    steps: { say: { kind: 'message', channel: 'inbox', template: 'cart-inbox' } },
  })
  await startWorker()
  const id = makeProfileId()
  const back = async (): Promise<unknown> =>
    (
      await database.pool.query<{ back: boolean }>(
        'select called_back is not null as back from messages order by created_at, called_back is null',
      )
    ).rows.map((row) => row.back)
  await append(database.pool, [
    { profileId: id, name: 'Cart Left' },
    { profileId: id, name: 'Cart Left' },
  ])
  await untilTaken(database.pool)
  expect(await back()).toEqual([true, false])
  await append(database.pool, [{ profileId: id, name: 'Cart Left' }])
  await untilTaken(database.pool)
  expect(await back()).toEqual([true, true, false])
})

test('a disk without room puts nothing aside: the pipeline waits, and goes on when there is room again', async () => {
  await publish(database.pool, buyers)
  await database.pool.query(
    `create function no_room() returns trigger language plpgsql as $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$`,
  )
  await database.pool.query('create trigger no_room before insert on profiles for each row execute function no_room()')
  const worker = await startWorker()
  const id = makeProfileId()
  await append(database.pool, [{ profileId: id, name: 'Order Completed' }])
  await until('the pipeline to wait', () => worker.status().error?.includes('no space left') === true)
  const { since } = worker.status()
  // Long enough for the many tries after which an entry at fault would have been put aside.
  const seen = new Set<string>()
  for (let look = 0; look < 300; look++) {
    const { state, error } = worker.status()
    seen.add(`${state}: ${error}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  expect([...seen]).toEqual(['waiting for the database: no space left on device'])
  expect(worker.status().since).toBe(since)
  await database.pool.query('drop trigger no_room on profiles')
  await until('the person to be there', async () => (await readProfile(database.pool, id)) !== undefined)
  expect((await database.pool.query('select 1 from rejected_events')).rowCount).toBe(0)
})

test('people of whom nothing comes in are decided when definitions are published', async () => {
  await startWorker()
  const id = makeProfileId()
  await append(database.pool, [{ profileId: id, type: 'identify', name: 'Identified', properties: { country: 'DE' } }])
  await untilTaken(database.pool)
  await publish(database.pool, germans)
  await until('the segment to be entered', async () => (await readProfile(database.pool, id))?.segments.germans !== undefined)
})

test('bulk entries are taken in order and never hold live ones back for long', async () => {
  await publish(database.pool, buyers)
  await startWorker()
  await untilTaken(database.pool)
  const ids = Array.from({ length: 500 }, () => makeProfileId())
  await append(
    database.pool,
    ids.flatMap((profileId) => [0, 1, 2].map(() => ({ profileId, name: 'Order Completed', lane: 1 as const, triggers: false }))),
  )
  const live = makeProfileId()
  await append(database.pool, [{ profileId: live, name: 'Order Completed' }])
  await until('the live one to be taken', async () => (await readProfile(database.pool, live)) !== undefined)
  await untilTaken(database.pool)
  const { rows } = await database.pool.query<{ n: number }>('select sum(n)::int as n from segment_counts')
  expect(rows[0]!.n).toBe(500)
})

test('a server that has one connection left and refuses the second is left with that one, and the pipeline runs once there are two', async () => {
  const { pool, url } = database
  const role = new URL(url).pathname.slice(1)
  await pool.query(`create role ${role} login password 'one' connection limit 1`)
  await pool.query(`grant all on all tables in schema public to ${role}`)
  const address = new URL(url)
  address.username = role
  address.password = 'one'
  const narrow = makePool(address.href)
  const loop = makeLoop({
    worker: 'narrow',
    pool: narrow,
    log: makeSilentLog(),
    meters: makePipelineMeters(new Registry()),
    definitions: makeDefinitions(async () => settings),
    deliver: () => undefined,
    bulkRoom: () => 0,
  })
  loop.start()
  await until('the second connection to be refused', () => loop.state().error?.includes('too many connections') === true)
  await pool.query(`alter role ${role} connection limit 2`)
  await until('the loop to run', () => loop.state().state === 'running')
  await loop.stop()
  await narrow.end()
  await pool.query(`drop owned by ${role}`)
  await pool.query(`drop role ${role}`)
})

test('a profile that another release has written stops the pipeline instead of refusing its events, and keeps it from starting', async () => {
  await publish(database.pool, buyers)
  const id = makeProfileId()
  const first = await startWorker()
  await append(database.pool, [{ profileId: id, name: 'Order Completed' }])
  await untilTaken(database.pool)
  await first.stop()
  const setFormat = (format: number) => database.pool.query('update profiles set state = set_byte(state, 0, $1::int)', [format])
  // Another release works beside this one: it writes after this one has started.
  const second = await startWorker()
  await setFormat(9)
  await append(database.pool, [{ profileId: id, name: 'Order Completed' }])
  await until('the pipeline to stop', () => second.status().state === 'stopped')
  expect(second.status()).toMatchObject({ error: expect.stringContaining('Start the release that wrote it'), shards: [] })
  await expect(makeTestWorker(database.pool).start()).rejects.toMatchObject({ code: 'profile_format' })
  expect((await database.pool.query('select 1 from rejected_events')).rowCount).toBe(0)
  await setFormat(3)
  await startWorker()
  await untilTaken(database.pool)
})
