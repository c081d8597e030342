import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { buyers, cartJourney, template } from './test/definitions.ts'
import { append, makeProfileId, makeTestWorker, publish, readProfile, until, untilTaken } from './test/harness.ts'
import type { Worker } from './worker.ts'

// Where it finds its packages, and no other run of the tests does.
const PROGRAM = fileURLToPath(new URL(`../../../node_modules/.cache/throughline/pipeline-worker-${process.pid}.mjs`, import.meta.url))
let database: TestDatabase
let history: TestClickHouse
let folder: string
let children: ChildProcess[] = []
let workers: Worker[] = []

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('./test/worker-process.ts', import.meta.url))],
    outfile: PROGRAM,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    alias: {
      '@throughline/contracts': fileURLToPath(new URL('../../../contracts/src/index.ts', import.meta.url)),
      '@throughline/engine': fileURLToPath(new URL('../../../engine/src/index.ts', import.meta.url)),
    },
  })
})

afterAll(() => rmSync(PROGRAM, { force: true }))

beforeEach(async () => {
  ;[database, history] = await Promise.all([makeTestDatabase({ max: 20 }), makeTestClickHouse()])
  folder = mkdtempSync(join(tmpdir(), 'throughline-faults-'))
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  await Promise.all(workers.map((worker) => worker.stop()))
  workers = []
  await Promise.all([database.drop(), history.drop()])
  rmSync(folder, { recursive: true, force: true })
})

async function startChild(): Promise<ChildProcess> {
  const child = fork(PROGRAM, [], {
    env: { ...process.env, DATABASE_URL: database.url, CLICKHOUSE_URL: history.url, ARCHIVE: folder },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.push(child)
  await once(child, 'message')
  return child
}

async function startWorker(): Promise<Worker> {
  const worker = makeTestWorker(database.pool, { clickhouse: { url: history.url } })
  workers.push(worker)
  await worker.start()
  return worker
}

async function untilExported(): Promise<void> {
  await until(
    'everything to be exported',
    async () => {
      const { rows } = await database.pool.query<{ n: number }>(
        `select count(*) as n from export_cursors c join shards s on s.shard = c.shard left join shard_heads h on h.shard = c.shard and h.lane = c.lane where c.seq < case c.lane when 2 then s.derived_seq else h.seq end`,
      )
      return rows[0]!.n === 0
    },
    90_000,
  )
}

test('workers killed at any moment lose nothing, do nothing twice, and their shards are taken over', { timeout: 300_000 }, async () => {
  await publish(database.pool, buyers, template, cartJourney())
  const ids = Array.from({ length: 50 }, () => makeProfileId())
  let rounds = 0
  for (let kill = 0; kill < 4; kill++) {
    const child = await startChild()
    for (let i = 0; i < 4; i++) {
      await append(
        database.pool,
        ids.flatMap((profileId) => [
          { profileId, name: 'Order Completed' },
          { profileId, name: 'Cart Left' },
        ]),
      )
      rounds++
      await sleep(Math.random() * 150)
    }
    child.kill('SIGKILL')
  }
  await startWorker()
  await untilTaken(database.pool, 120_000)
  const edges = await database.pool.query('select edge, sum(n)::int as n from edge_counts group by 1 order by 1')
  expect(edges.rows).toEqual([
    { edge: 'entry', n: rounds * 50 },
    { edge: 'goal:0', n: (rounds - 1) * 50 },
    { edge: 'left:goal', n: (rounds - 1) * 50 },
    { edge: 'reached/0/entry', n: (rounds - 1) * 50 },
  ])
  expect((await database.pool.query('select sum(n)::int as n from segment_counts')).rows).toEqual([{ n: 50 }])
  for (const id of ids) expect((await readProfile(database.pool, id))?.runs).toHaveLength(1)
  await untilExported()
  const { rows } = await database.pool.query<{ n: number }>(`select count(*) as n from inbox where type <> 'control' and not forwarded`)
  const result = await history.client.query({
    query: 'select toString(count()) as n, toString(uniqExact(shard, lane, seq)) as u from events',
    format: 'JSONEachRow',
  })
  expect(await result.json()).toEqual([{ n: String(rows[0]!.n), u: String(rows[0]!.n) }])
})

test(
  'a worker that was stopped longer than its lease finds its shards taken, and writes nothing to them',
  { timeout: 300_000 },
  async () => {
    await publish(database.pool, buyers)
    const id = makeProfileId()
    const paused = await startChild()
    await untilTaken(database.pool)
    await until(
      'the fill to be done',
      async () => (await database.pool.query(`select 1 from leaf_fills where status <> 'done'`)).rowCount === 0,
    )
    await untilExported()
    // In the middle of a transaction it would keep others from its shards until the database ends its connection.
    paused.kill('SIGSTOP')
    const other = await startWorker()
    await append(database.pool, [
      { profileId: id, name: 'Order Completed' },
      { profileId: id, name: 'Order Completed' },
    ])
    await until('the shards to be taken over', () => other.status().shards.length === 64, 90_000)
    paused.kill('SIGCONT')
    await append(database.pool, [{ profileId: id, name: 'Order Completed' }])
    await untilTaken(database.pool)
    await until('the two to share', () => other.status().shards.length === 32, 90_000)
    expect((await database.pool.query('select sum(n)::int as n from segment_counts')).rows).toEqual([{ n: 1 }])
    expect((await database.pool.query('select max(epoch)::int >= 2 as moved from shards')).rows).toEqual([{ moved: true }])
  },
)

test('an entry that the engine or the database cannot take is put aside with its reason, and the shard goes on', async () => {
  await publish(database.pool, buyers)
  await startWorker()
  const id = makeProfileId()
  await append(database.pool, [
    { profileId: id, name: 'Order Completed' },
    { profileId: id, type: 'control', name: 'no-such-control', id: 'throughline:strange' },
    { profileId: id, name: 'Order Completed' },
  ])
  await untilTaken(database.pool)
  expect((await readProfile(database.pool, id))?.segments.buyers).toBeDefined()
  const { rows } = await database.pool.query<{ name: string; problems: { message: string }[] }>(
    'select name, problems from rejected_events',
  )
  expect(rows).toEqual([
    { name: 'no-such-control', problems: [expect.objectContaining({ message: expect.stringContaining('is unknown') })] },
  ])
  // What follows cannot be written: PostgreSQL refuses it, transaction after transaction, until it stands alone.
  await database.pool.query(`alter table profiles add constraint poison check (octet_length(traits) < 200)`)
  const healthy = makeProfileId()
  await append(database.pool, [
    { profileId: id, type: 'identify', name: 'Identified', properties: { story: 'x'.repeat(500) }, id: 'web:poison' },
    ...Array.from({ length: 30 }, () => ({ profileId: healthy, name: 'Order Completed' })),
  ])
  await untilTaken(database.pool)
  expect((await readProfile(database.pool, healthy))?.segments.buyers).toBeDefined()
  expect((await database.pool.query(`select message_id from rejected_events where name = 'Identified'`)).rows).toEqual([
    { message_id: 'poison' },
  ])
})
