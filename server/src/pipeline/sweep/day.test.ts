import { shardOf } from '@throughline/contracts'
import { emptyTable } from '@throughline/engine'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeSilentLog } from '../../platform/log/index.ts'
import { makePool, type Pool } from '../../platform/postgres/index.ts'
import { packState, unpackProfile } from '../codec.ts'
import { append, makeProfileId, makeTestWorker, publish, readProfile, until, untilTaken, type TestEvent } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

/*
 * A day in seconds. The clock of the pipeline is the database's, so the database of this test has one of its own: a function of the
 * name that all statements call, found before the built-in one. It is put ahead by steps, and `Date.now` of this process with it; between
 * steps both go on at their usual speed.
 */
const STEP_MS = 45 * 60_000
const STEPS = 32
const HOUR = 3_600_000

let database: TestDatabase
let history: TestClickHouse
let pool: Pool
let registry: Registry
let worker: Worker
let ahead = 0
const log = makeSilentLog()
const realNow = Date.now.bind(Date)

beforeAll(async () => {
  ;[database, history] = await Promise.all([makeTestDatabase(), makeTestClickHouse()])
  const name = new URL(database.url).pathname.slice(1)
  await database.pool.query(`create table clock_ahead (ms bigint not null)`)
  await database.pool.query('insert into clock_ahead values (0)')
  await database.pool.query(`create function public.clock_timestamp() returns timestamptz language sql volatile
    as 'select pg_catalog.clock_timestamp() + (select ms from public.clock_ahead) * interval ''1 millisecond'''`)
  await database.pool.query(`alter database ${name} set search_path = public, pg_catalog`)
  pool = makePool(database.url, { max: 10 })
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead)
})
afterAll(async () => {
  await worker.stop()
  vi.restoreAllMocks()
  await pool.end()
  await Promise.all([database.drop(), history.drop()])
})

const ordered = { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 1 } }
const segment = (id: string, where: object): object => ({ kind: 'segment', id, name: id, where })
const segments = [
  segment('buyers', { ...ordered, times: { op: 'at-least', n: 3 } }),
  segment('just-bought', { ...ordered, within: '2 hours' }),
  segment('quiet', { kind: 'not', of: { kind: 'event', event: '*', times: { op: 'at-least', n: 1 }, within: '4 hours' } }),
  segment('bought-today', { ...ordered, calendarDays: 1 }),
  segment('on-two-days', { kind: 'event', event: 'Product Viewed', count: 'days', times: { op: 'at-least', n: 2 } }),
  segment('new', { kind: 'event-time', event: 'Product Viewed', which: 'first', within: '5 hours' }),
  segment('big-day', {
    kind: 'measure',
    measure: { of: 'sum', event: 'Order Completed', property: 'total', within: '6 hours' },
    compare: { op: 'at-least', value: 60 },
  }),
  segment('spenders', { kind: 'computed', trait: 'spent', compare: { op: 'at-least', value: 100 } }),
  segment('hats', {
    kind: 'measure',
    measure: { of: 'most-frequent', event: 'Product Viewed', property: 'category' },
    compare: { op: 'is', value: 'hats' },
  }),
  segment('germans', { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'DE' } }),
  segment('opted-out', { kind: 'consent', channel: 'email', is: 'withdrawn' }),
  segment('faithful', {
    kind: 'all',
    of: [
      { kind: 'segment', segment: 'buyers' },
      { kind: 'not', of: { kind: 'segment', segment: 'opted-out' } },
    ],
  }),
]
const spent = {
  kind: 'trait',
  id: 'spent',
  name: 'Spent',
  value: { of: 'sum', event: 'Order Completed', property: 'total' },
}

function startWorker(): Promise<void> {
  worker = makeTestWorker(pool, {
    log,
    clickhouse: { url: history.url },
    metrics: (registry = new Registry()),
    sweep: { everyMs: 5, doubtMs: 1_500 },
  })
  return worker.start()
}

async function swept(result: 'compared' | 'different' | 'repaired'): Promise<number> {
  const found = await registry.getSingleMetric('throughline_sweep_memberships_total')?.get()
  return found?.values.find(({ labels }) => labels.result === result)?.value ?? 0
}

/** Puts all clocks ahead, and waits until what was due by then is done. */
async function passTime(ms: number): Promise<void> {
  await pool.query('update clock_ahead set ms = ms + $1::bigint', [ms])
  ahead += ms
  await until(
    'what is due',
    async () => (await pool.query('select 1 from timers where due_at < $1::bigint limit 1', [Date.now()])).rowCount === 0,
  )
}

async function merge(loser: string, winner: string): Promise<void> {
  const id = crypto.randomUUID()
  await pool.query(`insert into merges (id, winner, loser, at, reason, moved) values ($1, $2, $3, $4, 'test', '[]')`, [
    id,
    winner,
    loser,
    Date.now(),
  ])
  await append(pool, [{ profileId: loser, type: 'control', name: 'merge-out', properties: { merge: id, winner } }])
}

/** A stream of pseudo-random numbers, so that a failure can be repeated. */
function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test(
  'the sweep finds nothing in a day of all kinds of segments, and repairs, logs and counts what is then forced to be wrong',
  { timeout: 120_000 },
  async () => {
    const warned = vi.spyOn(log, 'warn')
    const informed = vi.spyOn(log, 'info')
    await startWorker()
    await publish(pool, spent, ...segments)
    const random = makeRandom(20_261_122)
    const people = Array.from({ length: 24 }, (_, i) => makeProfileId(i % 3))
    const draw = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
    const happen = (profileId: string): TestEvent => {
      const kind = random()
      // Some is told hours later, by an app that had no network.
      const at = random() < 0.15 ? { at: Date.now() - Math.floor(random() * 5 * HOUR) } : {}
      const base = { profileId, lane: random() < 0.2 ? 1 : 0, ...at } as const
      if (kind < 0.45) return { ...base, name: 'Product Viewed', properties: { category: draw(['hats', 'hats', 'shoes']) } }
      if (kind < 0.75) return { ...base, name: 'Order Completed', properties: { total: Math.round(random() * 5_000) / 100 } }
      if (kind < 0.9) return { ...base, type: 'identify', name: 'Identified', properties: { country: draw(['DE', 'AT', 'GB']) } }
      return { profileId, name: 'Consent Changed', properties: { channel: 'email', state: draw(['granted', 'withdrawn']) } }
    }
    for (let step = 0; step < STEPS; step++) {
      await passTime(STEP_MS)
      // Some goes on coming in under the id of somebody who was merged, and what was on its way to them comes after the merge.
      const active = people.filter(() => random() < 0.35)
      if (active.length > 0) await append(pool, active.map(happen))
      if (step === 10) await merge(people[3]!, people[0]!)
      if (step === 20) await merge(people[8]!, people[10]!)
      if (step % 8 === 7) {
        const before = await swept('compared')
        await until('a round of the sweep', async () => (await swept('compared')) >= before + 22 * segments.length, 40_000)
      }
    }
    await untilTaken(pool)
    const found = warned.mock.calls.map(([about]) => about).filter((about) => 'differences' in Object(about))
    expect(found).toEqual([])
    expect(await swept('different')).toBe(0)

    const victim = people[0]!
    const inside = Object.keys((await readProfile(pool, victim))!.segments).sort()
    expect(inside.length).toBeGreaterThan(0)
    await worker.stop()
    await damage(victim)
    warned.mockClear()
    await startWorker()
    await until('the repair', async () => (await swept('repaired')) > 0, 60_000)
    expect(await swept('different')).toBe(await swept('repaired'))
    expect(Object.keys((await readProfile(pool, victim))!.segments).sort()).toEqual(inside)
    expect(warned.mock.calls.map(([about]) => about)).toContainEqual(
      expect.objectContaining({ profile: victim, differences: expect.anything() }),
    )
    expect(informed.mock.calls.map(([about]) => about)).toContainEqual(
      expect.objectContaining({ profile: victim, segments: expect.anything() }),
    )
  },
)

/** Takes all memberships and memories from a stored profile. */
async function damage(id: string): Promise<void> {
  const { rows } = await pool.query<{ created_at: number; traits: Buffer; state: Buffer }>(
    'select created_at, traits, state from profiles where id = $1',
    [id],
  )
  const profile = unpackProfile(id, rows[0]!.created_at, rows[0]!)
  await pool.query('update profiles set state = $3 where shard = $1 and id = $2', [
    shardOf(id),
    id,
    packState({ ...profile, segments: emptyTable, memories: emptyTable }),
  ])
}
