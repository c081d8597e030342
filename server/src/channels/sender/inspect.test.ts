import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { makeChannelWorld, settings, startSmtpSink, until, type ChannelWorld } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { permissionJoins } from '../../consent/index.ts'
import { insertStatement } from '../messages/insert.ts'
import { inspectMessages } from './inspect.ts'
import { makeLine } from './line.ts'
import { CLAIM_MS } from './times.ts'

let database: TestDatabase
let world: ChannelWorld
let broken = false

beforeAll(async () => {
  database = await makeTestDatabase()
  world = await makeChannelWorld(database.pool, {
    settings: async () => {
      if (broken) throw new Error('no settings now')
      return settings
    },
  })
})
afterAll(async () => {
  await world.stop()
  await database.drop()
})
beforeEach(() => database.pool.query('truncate messages, profiles'))

const setClaim = (id: string, ms: number) =>
  database.pool.query(
    `update messages set claim_until = (extract(epoch from clock_timestamp()) * 1000)::bigint + $2::bigint, claimed_by = 'w1' where id = $1::text`,
    [id, ms],
  )

test('a message is ours only while its claim outlasts the wait for a turn and an attempt', async () => {
  const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }))
  await database.pool.query(insertStatement([row]))
  await setClaim(row.id, 21_000)
  expect(await inspectMessages(database.pool, 'w1', [row])).toMatchObject([{ ours: false }])
  await setClaim(row.id, 50_000)
  expect(await inspectMessages(database.pool, 'w1', [row])).toMatchObject([{ ours: true }])
  expect(await inspectMessages(database.pool, 'w2', [row])).toMatchObject([{ ours: false }])
})

test('messages are checked ahead of their turn only as long as the provider is fast', async () => {
  const { providers } = world.deps
  await providers.refresh(true)
  const line = makeLine('email', providers)
  const { slots } = line.active.provider
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const handOver = async (ms: number, used = true): Promise<void> => {
      const leave = await line.enter(true)
      vi.setSystemTime(Date.now() + ms)
      leave(used)
    }
    for (let n = 0; n < 10; n++) await handOver(50)
    expect(line.room('live', Date.now())).toBe(3 * slots)
    for (let n = 0; n < 3; n++) await handOver(5_000)
    expect(line.room('live', Date.now())).toBe(slots)
    // What only waited says nothing about the provider.
    for (let n = 0; n < 30; n++) await handOver(0, false)
    expect(line.room('live', Date.now())).toBe(slots)
    for (let n = 0; n < 10; n++) await handOver(50)
    expect(line.room('live', Date.now())).toBe(3 * slots)
  } finally {
    vi.useRealTimers()
  }
})

test('what was given back before the check failed stands in line once, and is sent once', async () => {
  const sink = await startSmtpSink()
  await world.useSmtp(sink.port)
  await world.publish({ kind: 'template', id: 'hello', name: 'Hello', channel: 'email', subject: 'Hi', html: '<p>Hello</p>' })
  const person = await world.makePerson({ email: 'ann@example.com' })
  const rows = [0, 1].map(() => world.makeRow(person, { claimedBy: 'w1', purpose: 'transactional' }))
  const [lapsing] = rows
  await database.pool.query(insertStatement(rows))
  await setClaim(lapsing!.id, 1_000)
  broken = true
  world.sender.start()
  world.sender.take(rows)
  await until(
    async () =>
      (await database.pool.query('select claim_until from messages where id = $1::text', [lapsing!.id])).rows[0] as { claim_until: number },
    ({ claim_until }) => claim_until > Date.now() + CLAIM_MS / 2,
  )
  broken = false
  await until(
    async () => (await database.pool.query(`select 1 from messages where status = 'sent'`)).rowCount,
    (count) => count === 2,
  )
  await world.sender.stop()
  expect(sink.mails).toHaveLength(2)
  await sink.close()
})

test('what stands about an address is found with its message, and left to be asked for where SQL might write it otherwise', async () => {
  const person = await world.makePerson({ email: 'ann@example.com' })
  const rows = ['Ann@Example.COM', 'ann@bücher.example', null, 'bob@example.com'].map((address) => world.makeRow(person, { address }))
  await database.pool.query(insertStatement(rows))
  await database.pool.query(
    `insert into suppressions (channel, address, reason, source, at) values ('email', 'ann@example.com', 'bounced', 'provider', 7)`,
  )
  const found = await inspectMessages(database.pool, 'w1', rows)
  expect(rows.map((row) => found.find(({ id }) => id === row.id)?.permission)).toEqual([
    { consent: null, tracking: null, suppression: { reason: 'bounced', at: 7 } },
    null,
    null,
    { consent: null, tracking: null, suppression: null },
  ])
  await database.pool.query('truncate suppressions')
})

test('whether a message is held is told by its send and its purpose', async () => {
  const person = await world.makePerson({ email: 'ann@example.com' })
  const marketing = { ...world.makeRow(person), purpose: 'marketing' as const, sendId: 'sale#1' }
  const receipt = { ...world.makeRow(person), purpose: 'transactional' as const, sendId: null }
  await database.pool.query(insertStatement([marketing, receipt]))
  const halted = async (): Promise<Record<string, boolean>> => {
    const found = await inspectMessages(database.pool, 'w1', [marketing, receipt])
    return Object.fromEntries(found.map((message) => [message.purpose, message.halted]))
  }
  const hold = (what: string) =>
    database.pool.query(`insert into sending_holds (what, since, set_by) values ($1::text, 1, 'somebody')`, [what])
  expect(await halted()).toEqual({ marketing: false, transactional: false })
  await hold('sale#2')
  expect(await halted()).toEqual({ marketing: false, transactional: false })
  await hold('sale#1')
  expect(await halted()).toEqual({ marketing: true, transactional: false })
  await database.pool.query('delete from sending_holds')
  await hold('*')
  expect(await halted()).toEqual({ marketing: true, transactional: false })
  await database.pool.query('delete from sending_holds')
})

test('an address is found among those suppressed by its key, however many there are', async () => {
  await database.pool.query(
    `insert into suppressions (channel, address, reason, source, at)
     select 'email', 'gone' || n || '@example.com', 'bounced', 'provider', 1 from generate_series(1, 3000) n`,
  )
  await database.pool.query('analyze suppressions')
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(
    `explain select suppressed.reason from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[]) as q (shard, profile_id, channel, address)
     ${permissionJoins('q')}`,
    [[0], ['018f3f1e-0000-7000-8000-000000000000'], ['email'], ['Gone7@example.com']],
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  // With a filter in place of a condition on both columns each message would read every address that is suppressed.
  expect(plan).toMatch(/Index Cond: \(\(channel = .*\(address = /)
  await database.pool.query(`delete from suppressions where address like 'gone%'`)
})
