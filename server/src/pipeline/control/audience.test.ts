import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { announceAudiences, answerRequests } from '../../journeys/index.ts'
import { makeClock, type TestClock } from '../test/clock.ts'
import { germans } from '../test/definitions.ts'
import { append, makeProfileId, makeTestWorker, publish, untilTaken, type TestEvent } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

let database: TestDatabase
let worker: Worker
let clock: TestClock | undefined
beforeEach(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
})
afterEach(async () => {
  await worker.stop()
  await clock?.stop()
  clock = undefined
  await database.drop()
})

const mailing = (when: object) => ({
  kind: 'journey',
  id: 'mailing',
  name: 'Mailing',
  entries: [{ kind: 'audience', segment: 'germans', when }],
  reentry: { kind: 'always' },
  start: 'end',
  steps: { end: { kind: 'exit' } },
})
const entered = async () =>
  (await database.pool.query<{ profile_id: string }>(`select profile_id from inbox where lane = 2 and name = 'Journey Entered'`)).rows

test('an audience comes in once, whoever looks at the clock and although the worker is stopped in the middle', async () => {
  await publish(database.pool, germans)
  // More people of one shard than one slice takes.
  const people = Array.from({ length: 130 }, (_, n) => makeProfileId(n < 120 ? 3 : undefined))
  await append(
    database.pool,
    people.map((profileId, n): TestEvent => ({
      profileId,
      type: 'identify',
      name: 'Identified',
      properties: { country: n % 2 === 0 ? 'DE' : 'NL' },
    })),
  )
  await worker.start()
  await untilTaken(database.pool)
  await publish(database.pool, mailing({ kind: 'once' }))
  await untilTaken(database.pool)
  // While history is read for a segment nobody knows who is in it.
  await database.pool.query(`insert into leaf_fills (shard, leaf, epoch, status) values (5, 'leaf', 1, 'waiting')`)
  await announceAudiences(database.pool, 'UTC')
  expect((await database.pool.query('select 1 from journey_slots')).rowCount).toBe(0)
  await database.pool.query('delete from leaf_fills')
  await Promise.all([1, 2, 3].map(() => announceAudiences(database.pool, 'UTC')))
  await worker.stop()
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  await announceAudiences(database.pool, 'UTC')
  await untilTaken(database.pool)
  const who = (await entered()).map(({ profile_id: id }) => id)
  expect(who).toHaveLength(65)
  expect(new Set(who)).toEqual(new Set(people.filter((_, n) => n % 2 === 0)))

  // A time from before the publication is over; a later version does not bring it back, nor what has been.
  await publish(database.pool, mailing({ kind: 'once', at: '2020-01-01 09:00' }))
  await untilTaken(database.pool)
  await announceAudiences(database.pool, 'UTC')
  await publish(database.pool, mailing({ kind: 'once' }))
  await untilTaken(database.pool)
  await announceAudiences(database.pool, 'UTC')
  await untilTaken(database.pool)
  expect(await entered()).toHaveLength(65)

  // The time that comes a second after the publication, is taken once, whatever the clocks of the shop show.
  const at = new Date(Date.now() - 1_000)
  await publish(database.pool, mailing({ kind: 'once', at: at.toISOString() }))
  await untilTaken(database.pool)
  await database.pool.query(`update definitions set published_at = now() - interval '1 minute'`)
  await Promise.all([1, 2].map(() => announceAudiences(database.pool, 'Asia/Tokyo')))
  await untilTaken(database.pool)
  expect(await entered()).toHaveLength(130)
})

test('so many come in a day and not one more, whoever counts; the others stay out and are counted', async () => {
  clock = await makeClock(database)
  await clock.putToNoon()
  const { pool } = clock
  await worker.stop()
  worker = makeTestWorker(pool)
  await publish(pool, {
    kind: 'journey',
    id: 'offer',
    name: 'Offer',
    entry: { on: { event: 'Offer Seen' } },
    perDay: 7,
    start: 'wait',
    steps: { wait: { kind: 'wait', for: '1 day' } },
  })
  await worker.start()
  const see = (count: number) =>
    append(
      pool,
      Array.from({ length: count }, (): TestEvent => ({ profileId: makeProfileId(), name: 'Offer Seen' })),
    )
  await see(5)
  await untilTaken(database.pool)
  expect(await entered()).toHaveLength(0)
  await Promise.all([1, 2, 3].map(() => answerRequests(pool)))
  await untilTaken(pool)
  expect(await entered()).toHaveLength(5)
  await see(6)
  await untilTaken(pool)
  await Promise.all([1, 2, 3].map(() => answerRequests(pool)))
  await untilTaken(pool)
  expect(await entered()).toHaveLength(7)
  const { rows } = await database.pool.query(`select edge, sum(n)::int as n from edge_counts group by edge order by edge`)
  expect(rows).toEqual([
    { edge: 'entry', n: 7 },
    { edge: 'full', n: 4 },
  ])
  expect((await database.pool.query('select 1 from runs')).rowCount).toBe(7)
})

test('an audience that a later version has elsewhere comes in whole and once, and keeps a time that waited for history', async () => {
  const people = Array.from({ length: 120 }, () => makeProfileId(3))
  await append(
    database.pool,
    people.map((profileId): TestEvent => ({ profileId, type: 'identify', name: 'Identified', properties: { country: 'DE' } })),
  )
  await publish(database.pool, germans)
  await worker.start()
  await untilTaken(database.pool)
  await publish(database.pool, mailing({ kind: 'once' }))
  await announceAudiences(database.pool, 'UTC')
  const moved = mailing({ kind: 'once' })
  const other = { kind: 'event', on: { event: 'Door Opened' } }
  await publish(database.pool, { ...moved, entries: [other, ...moved.entries] })
  await announceAudiences(database.pool, 'UTC')
  await untilTaken(database.pool)
  await announceAudiences(database.pool, 'UTC')
  await untilTaken(database.pool)
  expect(await entered()).toHaveLength(120)

  // Its time comes while history is read, and a version that says the same of it is published before that is done.
  const at = new Date(Date.now() - 60_000).toISOString()
  const timed = { ...mailing({ kind: 'once', at }), id: 'timed' }
  await publish(database.pool, timed)
  await publish(database.pool, { ...timed, name: 'Another name' })
  const age = (version: number, hours: number) =>
    database.pool.query(
      `update definitions set published_at = now() - make_interval(hours => $2::int) where id = 'timed' and version = $1::int`,
      [version, hours],
    )
  await age(1, 2)
  await untilTaken(database.pool)
  await announceAudiences(database.pool, 'UTC')
  expect((await database.pool.query(`select 1 from journey_slots where journey_id = 'timed'`)).rowCount).toBe(1)
})
