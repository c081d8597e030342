import { shardOf } from '@throughline/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { announceAudiences, makeJourneyPeopleHandlers } from '../../journeys/index.ts'
import { packState, unpackProfile } from '../codec.ts'
import { germans, template } from '../test/definitions.ts'
import { append, makeProfileId, makeTestWorker, publish, untilTaken, type TestEvent } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

let database: TestDatabase
let worker: Worker
const shard = 3
/** More of one shard than two slices take; one of them, in the middle of a slice, makes trouble. */
const people = Array.from({ length: 120 }, () => makeProfileId(shard)).sort()
const broken = people[60]!

beforeEach(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
  await publish(database.pool, template)
  await append(
    database.pool,
    people.map((profileId): TestEvent => ({ profileId, type: 'identify', name: 'Identified', properties: { country: 'DE' } })),
  )
  await worker.start()
  await untilTaken(database.pool)
})
afterEach(async () => {
  await worker.stop()
  await database.drop()
})

const journey = {
  kind: 'journey',
  id: 'mailing',
  name: 'Mailing',
  entries: [{ kind: 'audience', segment: 'germans', when: { kind: 'once' } }],
  start: 'hold',
  steps: { hold: { kind: 'wait', for: '3 days', next: 'late' }, late: { kind: 'wait', for: '9 days' } },
}
const campaign = {
  kind: 'campaign',
  id: 'sale',
  name: 'Sale',
  audience: { segment: 'germans' },
  message: { channel: 'inbox', template: 'cart-inbox' },
}
const count = async (sql: string, ...values: unknown[]): Promise<number> =>
  (await database.pool.query<{ n: number }>(`select count(*) as n from ${sql}`, values)).rows[0]!.n
const parked = async () =>
  (
    await database.pool.query<{ name: string; profile: string }>(
      `select name, raw::jsonb ->> 'profile' as profile from rejected_events where name <> 'timer' order by name`,
    )
  ).rows

/** The turn of a send in the shard of these people, as the conductor hands it out. */
async function sendToAll(): Promise<void> {
  const { pool } = database
  await pool.query(
    `insert into campaign_sends (id, campaign_id, number, version, state, is_series, ordered_by, ordered_at, properties, starts_at)
     values ('sale#1', 'sale', 1, 1, 'sending', false, 'test', 0, '{}', 0)`,
  )
  await pool.query(`insert into campaign_cursors (shard, send_id, issued, granted) values ($1, 'sale#1', 1, 500)`, [shard])
  const properties = {
    send: 'sale#1',
    campaign: 'sale',
    version: 1,
    slot: null,
    properties: {},
    turn: 1,
    after: null,
    granted: 500,
    used: 0,
  }
  await append(pool, [{ profileId: makeProfileId(shard), type: 'control', name: 'campaign', lane: 1, properties }])
  await untilTaken(pool)
}
const sent = async () => {
  const { rows } = await database.pool.query<{ what: string; n: number }>('select what, n from campaign_counts order by what')
  const cursor = await database.pool.query(`select is_done, taken from campaign_cursors where send_id = 'sale#1'`)
  return { cursor: cursor.rows, counts: Object.fromEntries(rows.map(({ what, n }) => [what, n])) }
}
const whole = { cursor: [{ is_done: true, taken: 1 }], counts: { audience: 120, entered: 119, broken: 1 } }

test('somebody whom the engine cannot take is put aside alone: everybody else is decided, let in, written to and moved', async () => {
  const { pool } = database
  await worker.stop()
  const { rows } = await pool.query<{ created_at: number; traits: Buffer; state: Buffer }>('select * from profiles where id = $1', [broken])
  const state = packState({ ...unpackProfile(broken, rows[0]!.created_at, rows[0]!), runs: [null as never] })
  await pool.query('update profiles set state = $2 where id = $1', [broken, state])
  worker = makeTestWorker(pool)
  await worker.start()

  await publish(pool, germans, journey, campaign)
  await untilTaken(pool)
  expect(await count(`(select sum(n) from segment_counts having sum(n) = 119) s`)).toBe(1)
  expect(await parked()).toEqual([{ name: 'reconsider', profile: broken }])

  await announceAudiences(pool, 'UTC')
  await untilTaken(pool)
  expect(await count('runs')).toBe(119)

  await sendToAll()
  expect(await sent()).toEqual(whole)

  // As if they stood there as well.
  await pool.query(
    `insert into runs select (jsonb_populate_record(null::runs, to_jsonb(r) || jsonb_build_object('profile_id', $1::text, 'run_id', 'theirs'))).*
     from runs r where shard = $2 limit 1`,
    [broken, shardOf(broken)],
  )
  const handlers = makeJourneyPeopleHandlers({ pool, findPeople: async () => new Map(), searchIds: async () => [] })
  const call = {
    params: { id: 'mailing' },
    auth: { name: 'ada@shop.example' },
    audit: { note: () => undefined, commit: async () => undefined },
    body: { version: 1, step: 'hold', to: { step: 'late' } },
  }
  expect(await handlers.moveJourneyPeople(call as never)).toMatchObject({ people: 120 })
  await untilTaken(pool)
  expect((await handlers.journeyMoves(call as never)).items).toMatchObject([{ people: 120, moved: 119, passed: 1, waiting: 0 }])
  expect(await parked()).toEqual(['audience', 'campaign', 'move-people', 'reconsider'].map((name) => ({ name, profile: broken })))
})

test('somebody of whom the database refuses what follows is put aside alone as well, and the others are taken once', async () => {
  const { pool } = database
  await publish(pool, germans, journey, campaign)
  await untilTaken(pool)
  await pool.query(`alter table messages add constraint poison check (profile_id <> '${broken}')`)
  await pool.query(`alter table runs add constraint poison check (profile_id <> '${broken}')`)
  await sendToAll()
  expect(await sent()).toEqual(whole)
  expect(await count('messages')).toBe(119)
  await announceAudiences(pool, 'UTC')
  await untilTaken(pool)
  expect(await count('runs')).toBe(119)
  expect(await count(`inbox where lane = 2 and name = 'Journey Entered'`)).toBe(119)
  expect(await parked()).toEqual([
    { name: 'audience', profile: broken },
    { name: 'campaign', profile: broken },
  ])
})
