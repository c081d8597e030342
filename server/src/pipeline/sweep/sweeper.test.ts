import { shardOf } from '@throughline/contracts'
import { emptyTable } from '@throughline/engine'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { packState, unpackProfile } from '../codec.ts'
import {
  append,
  makeProfileId,
  makeTestWorker,
  publish,
  readFacts,
  readProfile,
  until,
  untilTaken,
  type TestEvent,
} from '../test/harness.ts'
import type { Worker } from '../worker.ts'

let database: TestDatabase
let history: TestClickHouse
let registry: Registry
let worker: Worker
const workerOf = () =>
  makeTestWorker(database.pool, {
    clickhouse: { url: history.url },
    metrics: (registry = new Registry()),
    sweep: { everyMs: 5, doubtMs: 1_500 },
  })

beforeEach(async () => {
  ;[database, history] = await Promise.all([makeTestDatabase(), makeTestClickHouse()])
})
afterEach(async () => {
  await worker.stop()
  await Promise.all([database.drop(), history.drop()])
})

const bought = (times: object) => ({ kind: 'event', event: 'Order Completed', times })
const segment = (id: string, where: object) => ({ kind: 'segment', id, name: id, where })
const segments = [
  segment('buyers', bought({ op: 'at-least', n: 2 })),
  segment('quiet', { kind: 'not', of: bought({ op: 'at-least', n: 1 }) }),
]

async function swept(result: 'compared' | 'different' | 'repaired'): Promise<number> {
  const found = await registry.getSingleMetric('throughline_sweep_memberships_total')?.get()
  return found?.values.find(({ labels }) => labels.result === result)?.value ?? 0
}

async function untilStill(): Promise<void> {
  await untilTaken(database.pool)
  const none = async (sql: string): Promise<boolean> => (await database.pool.query(sql)).rowCount === 0
  await until('the fill of all shards', () => none(`select 1 from leaf_fills where status <> 'done'`), 60_000)
  await until('all people to be folded', () => none('select 1 from profile_refolds'), 60_000)
  await untilTaken(database.pool)
  await until('the export', async () => worker.status().export.behind === 0)
}

test(
  'a membership that was forced to be wrong is found, folded again and counted, and starts no journey',
  { timeout: 300_000 },
  async () => {
    worker = workerOf()
    await worker.start()
    const [anna, loser, merged, viewer] = Array.from({ length: 4 }, () => makeProfileId()) as [string, string, string, string]
    const orders = [anna, anna, loser, merged].map((profileId): TestEvent => ({ profileId, name: 'Order Completed' }))
    await append(database.pool, [...orders, { profileId: viewer, name: 'Product Viewed' }])
    await publish(database.pool, ...segments)
    const merge = crypto.randomUUID()
    await database.pool.query(`insert into merges (id, winner, loser, at, reason, moved) values ($1, $2, $3, 0, 'test', '[]')`, [
      merge,
      merged,
      loser,
    ])
    await append(database.pool, [{ profileId: loser, type: 'control', name: 'merge-out', properties: { merge, winner: merged } }])
    await until('the fill', async () => (await readProfile(database.pool, merged))?.segments.buyers !== undefined, 40_000)
    await untilStill()
    await worker.stop()
    // Nobody holds them in memory now: what stands in the database is what counts.
    for (const id of [anna, merged, viewer]) await damage(id)
    worker = workerOf()
    await worker.start()
    await until('the repair', async () => (await swept('repaired')) === 3, 60_000)
    expect(await swept('different')).toBe(3)
    expect(Object.keys((await readProfile(database.pool, anna))!.segments)).toEqual(['buyers'])
    expect(Object.keys((await readProfile(database.pool, merged))!.segments)).toEqual(['buyers'])
    expect(Object.keys((await readProfile(database.pool, viewer))!.segments)).toEqual(['quiet'])
    expect((await readFacts(database.pool, anna)).at(-1)).toMatchObject({
      name: 'Segment Entered',
      properties: { segment: 'buyers', filled: true },
    })
    await append(database.pool, [{ profileId: viewer, name: 'Order Completed' }])
    await until('the next order', async () => (await readProfile(database.pool, viewer))?.segments.quiet === undefined)
  },
)

/** Takes all memberships and memories from a stored profile. */
async function damage(id: string): Promise<void> {
  const { rows } = await database.pool.query<{ created_at: number; traits: Buffer; state: Buffer }>(
    'select created_at, traits, state from profiles where id = $1',
    [id],
  )
  const profile = unpackProfile(id, rows[0]!.created_at, rows[0]!)
  await database.pool.query('update profiles set state = $3 where shard = $1 and id = $2', [
    shardOf(id),
    id,
    packState({ ...profile, segments: emptyTable, memories: emptyTable }),
  ])
}
