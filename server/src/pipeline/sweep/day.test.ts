import { setTimeout as sleep } from 'node:timers/promises'
import { shardOf } from '@throughline/contracts'
import { emptyTable } from '@throughline/engine'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeSilentLog } from '../../platform/log/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { packState, unpackProfile } from '../codec.ts'
import { makeClock, type TestClock } from '../test/clock.ts'
import { append, makeProfileId, makeTestWorker, publish, readProfile, until, untilTaken, type TestEvent } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

/*
 * A day in seconds. The clock of the pipeline is the database's, so the database of this test has one of its own. It is put ahead by steps,
 * and `Date.now` of this process with it; between steps both go on at their usual speed.
 */
const STEP_MS = 45 * 60_000
const STEPS = 32
const HOUR = 3_600_000

let database: TestDatabase
let history: TestClickHouse
let clock: TestClock
let pool: Pool
let registry: Registry
let worker: Worker
let ahead = 0
const log = makeSilentLog()
const realNow = Date.now.bind(Date)

beforeAll(async () => {
  ;[database, history] = await Promise.all([makeTestDatabase(), makeTestClickHouse()])
  clock = await makeClock(database)
  pool = clock.pool
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead)
})
afterAll(async () => {
  await worker.stop()
  vi.restoreAllMocks()
  await clock.stop()
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
  await clock.putAhead(ms)
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
  { timeout: 300_000 },
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
        await until('a round of the sweep', async () => (await swept('compared')) >= before + 22 * segments.length, 90_000)
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

test('who is out of a segment by the time alone is in no doubt while the pipeline is late with it', { timeout: 180_000 }, async () => {
  const people = Array.from({ length: 6 }, (_, i) => makeProfileId(i % 3))
  await append(
    pool,
    people.map((profileId): TestEvent => ({ profileId, name: 'Order Completed', properties: { total: 1 } })),
  )
  await untilTaken(pool)
  await until('the export', () => worker.status().export.behind === 0)
  const before = await swept('different')
  const other = await pool.connect()
  try {
    await other.query('begin; select 1 from timers for update')
    await clock.putAhead(3 * HOUR)
    ahead += 3 * HOUR
    // Longer than a difference is doubted.
    await sleep(5_000)
    await other.query('commit')
  } finally {
    other.release()
  }
  await passTime(0)
  const compared = await swept('compared')
  await until('a round of the sweep', async () => (await swept('compared')) >= compared + 28 * segments.length, 90_000)
  expect(await swept('different')).toBe(before)
  for (const id of people) expect((await readProfile(pool, id))?.segments).not.toHaveProperty('just-bought')
})

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
