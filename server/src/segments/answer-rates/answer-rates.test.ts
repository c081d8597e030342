import { randomBytes } from 'node:crypto'
import { shardOf } from '@throughline/contracts'
import { strengthOf } from '@throughline/engine'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { settings } from '../../../test/channels.ts'
import { makeAsker } from '../ask.ts'
import { readRanks } from '../ranks.ts'
import { createHistory } from '../test/agreement.ts'
import { askAnswerRates } from './ask.ts'
import { makeAnswerRatesHandlers } from './handlers.ts'
import { makeAnswerRatesKeeper, type AnswerRatesDeps } from './keep.ts'

const hour = 3_600_000
const day = 24 * hour

let store: TestClickHouse
let database: TestDatabase
let deps: AnswerRatesDeps
let announced: number

beforeAll(async () => {
  store = await makeTestClickHouse()
  await createHistory(store)
})
afterAll(() => store.drop())

beforeEach(async () => {
  for (const table of ['events', 'events_by_name']) await store.client.command({ query: `truncate table ${table}` })
  database = await makeTestDatabase()
  await database.pool.query(
    `insert into workspace (settings, definitions_epoch) values ('{}', 7) on conflict (id) do update set definitions_epoch = 7`,
  )
  announced = 0
  deps = {
    pool: database.pool,
    ask: makeAsker(store.client),
    settings: async () => settings,
    async announce(client) {
      announced++
      const { rows } = await client.query<{ epoch: number }>(
        'update workspace set definitions_epoch = definitions_epoch + 1 where id = 1 returning definitions_epoch as epoch',
      )
      return rows[0]!.epoch
    },
  }
})
afterEach(() => database.drop())

interface Told {
  readonly person: string
  readonly name: string
  readonly at: number
  readonly properties: object
}
const makePerson = (): string => {
  const text = randomBytes(16).toString('hex')
  return [text.slice(0, 8), text.slice(8, 12), `7${text.slice(13, 16)}`, `8${text.slice(17, 20)}`, text.slice(20)].join('-')
}
async function tell(told: readonly Told[]): Promise<void> {
  const values = told.map(({ person, name, at, properties }, i) => ({
    shard: shardOf(person),
    lane: 0,
    seq: i + 1,
    event_id: `throughline:${i}:${Math.random()}`,
    profile_id: person,
    type: 'outcome',
    name,
    timestamp: at,
    received_at: at,
    source: 'throughline',
    properties: JSON.stringify(properties),
    context: '{}',
  }))
  await store.client.insert({ table: 'events', values, format: 'JSONEachRow' })
}

/** A message that went out at an instant, and what came of it. */
function message(
  person: string,
  channel: string,
  id: string,
  at: number,
  came: readonly (readonly [name: string, more?: object])[] = [],
): Told[] {
  const about = { message_id: id, channel }
  return [
    { person, name: 'Message Sent', at, properties: about },
    ...came.map(([name, more], i) => ({ person, name, at: at + (i + 1) * 1_000, properties: { ...about, ...more } })),
  ]
}

test('messages and answers are counted by channel: each once, by people alone, silence after a day, for 90 days', async () => {
  const now = Date.now()
  const people = Array.from({ length: 300 }, makePerson)
  const told = people.flatMap((person, i) => [
    // Of four by e-mail those who come fourth open one, and click in it twice.
    ...Array.from({ length: 4 }, (_, k) =>
      message(
        person,
        'email',
        `e${i}-${k}`,
        now - (k + 2) * day,
        k === 0 && i % 4 === 0 ? [['Message Opened'], ['Message Clicked', { url: 'a' }], ['Message Clicked', { url: 'b' }]] : [],
      ),
    ).flat(),
    ...message(person, 'sms', `s${i}`, now - 3 * day, i < 30 ? [['Message Received']] : [['Message Opened', { machine: true }]]),
    // Neither what only just went out, but for an answer that came, nor what is long ago, nor what was tried out.
    ...message(person, 'sms', `young${i}`, now - hour, i < 10 ? [['Message Clicked']] : []),
    ...message(person, 'email', `old${i}`, now - 91 * day, [['Message Opened']]),
    { person, name: 'Message Sent', at: now - 5 * day, properties: { message_id: `test${i}`, channel: 'email', test: true } },
  ])
  await tell(told)
  const rates = await askAnswerRates(deps.ask, now)
  expect(rates).toMatchObject({ email: { sent: 1_200, answered: 75 }, sms: { sent: 310, answered: 40 } })
  // 75 people answered one of four.
  expect(rates.email?.strength).toBeCloseTo(strengthOf({ people: 300, sent: 1_200, answered: 75, squares: 4_800, shares: 75 / 4 }), 6)
})

test('before anything was sent nothing is kept; then it is computed at once, and each hour while there is little to go by', async () => {
  const keep = makeAnswerRatesKeeper(deps)
  const handlers = makeAnswerRatesHandlers(deps)
  await keep()
  expect((await handlers.answerRates()).current).toBeNull()
  expect(await readRanks(database.pool)).toBeNull()

  const now = Date.now()
  await tell(
    Array.from({ length: 120 }, (_, i) =>
      message(makePerson(), 'email', `m${i}`, now - 2 * day, i < 30 ? [['Message Opened']] : []),
    ).flat(),
  )
  await makeAnswerRatesKeeper(deps)()
  const { current, days } = await handlers.answerRates()
  expect(days).toBe(90)
  expect(current?.channels).toEqual([{ channel: 'email', sent: 120, answered: 30, share: 0.25, strength: 10, enough: true }])
  expect(await readRanks(database.pool, 7)).toEqual({
    epoch: 0,
    rankedAt: null,
    answers: { email: { sent: 120, answered: 30, strength: 10 } },
  })
  // No journey learns anything: no shard is told.
  expect(announced).toBe(0)

  const counted = async (): Promise<number> => (await database.pool.query('select 1 from answer_rates')).rowCount ?? 0
  await makeAnswerRatesKeeper(deps)()
  expect(await counted()).toBe(1)
  await database.pool.query('update answer_rates set as_of = as_of - 3600001')
  await makeAnswerRatesKeeper(deps)()
  expect(await counted()).toBe(2)
})

test('where a journey learns, every shard is told, and those that have not heard of it yet go by what was in force before', async () => {
  const steps = { say: { kind: 'best-message', channels: [], learned: { explore: 5 } } }
  await database.pool.query(
    `insert into definitions (kind, id, version, epoch, body, published_by) values ('journey', 'j', 1, 7, $1::jsonb, 'test')`,
    [JSON.stringify({ kind: 'journey', steps })],
  )
  const now = Date.now()
  await tell(message(makePerson(), 'email', 'one', now - 2 * day))
  const handlers = makeAnswerRatesHandlers(deps)
  const signal = new AbortController().signal
  type Call = Parameters<typeof handlers.computeAnswerRates>[0]
  const call = { signal } as Call
  expect((await handlers.computeAnswerRates(call)).current?.channels).toMatchObject([{ sent: 1, enough: false }])
  await tell(message(makePerson(), 'email', 'two', now - 2 * day))
  await handlers.computeAnswerRates(call)
  expect(announced).toBe(2)
  expect((await readRanks(database.pool, 7))?.answers).toBeUndefined()
  expect((await readRanks(database.pool, 8))?.answers).toMatchObject({ email: { sent: 1 } })
  expect((await readRanks(database.pool, 9))?.answers).toMatchObject({ email: { sent: 2 } })
})
