import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeClickHouse } from '../../platform/clickhouse/index.ts'
import { restoreArchives } from '../maintenance/restore.ts'
import { append, makeProfileId, makeTestWorker, until, untilTaken } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

let database: TestDatabase
let history: TestClickHouse
let workers: Worker[] = []

beforeEach(async () => {
  ;[database, history] = await Promise.all([makeTestDatabase(), makeTestClickHouse()])
})

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  workers = []
  await Promise.all([database.drop(), history.drop()])
})

async function startWorker(url: string = history.url): Promise<Worker> {
  const worker = makeTestWorker(database.pool, { clickhouse: { url } })
  workers.push(worker)
  await worker.start()
  return worker
}

async function untilExported(): Promise<void> {
  await until('everything to be exported', async () => {
    const { rows } = await database.pool.query<{ n: number }>(
      `select count(*) as n from export_cursors c join shards s on s.shard = c.shard left join shard_heads h on h.shard = c.shard and h.lane = c.lane
       where c.seq < case c.lane when 2 then s.derived_seq else h.seq end`,
    )
    return rows[0]!.n === 0
  })
}

async function ask<Row>(query: string): Promise<Row[]> {
  return (await history.client.query({ query, format: 'JSONEachRow' })).json<Row>()
}

test('events reach ClickHouse with their texts untouched, without control entries', async () => {
  const id = makeProfileId()
  const properties = { 'a.b': 1, a: { b: 'tab\there\nline\\ slash "quote"' }, big: '12345678901234567890', uni: 'Zoë 👟' }
  await append(database.pool, [
    { profileId: id, name: 'Order Completed', properties, at: Date.UTC(2011, 1, 3, 4, 5, 6, 7) },
    { profileId: id, type: 'control', name: 'reconsider', properties: { after: null, epoch: 0 } },
  ])
  await startWorker()
  await untilExported()
  const rows = await ask<{ properties: string; timestamp: string; profile: string }>(
    'select properties, toString(timestamp) as timestamp, toString(profile_id) as profile from events',
  )
  expect(rows).toEqual([{ properties: JSON.stringify(properties), timestamp: String(Date.UTC(2011, 1, 3, 4, 5, 6, 7)), profile: id }])
})

test('while ClickHouse is away events are taken, and the export catches up in order when it is back', async () => {
  const away = await startWorker('http://127.0.0.1:1/none')
  const ids = Array.from({ length: 20 }, () => makeProfileId())
  for (let round = 0; round < 5; round++)
    await append(
      database.pool,
      ids.map((profileId) => ({ profileId, name: `Round ${round}` })),
    )
  await untilTaken(database.pool)
  await until('the export to say that it waits', () => away.status().export.state === 'waiting for ClickHouse')
  await away.stop()
  await startWorker()
  await untilExported()
  const [counted] = await ask<{ n: string; unique: string }>(
    'select toString(count()) as n, toString(uniqExact(shard, lane, seq)) as unique from events',
  )
  expect(counted).toEqual({ n: '100', unique: '100' })
})

test('a batch that was inserted before its exporter was killed is not there twice, and rows that ClickHouse lost come again', async () => {
  const ids = Array.from({ length: 50 }, () => makeProfileId())
  const first = await startWorker()
  await append(
    database.pool,
    ids.map((profileId) => ({ profileId, name: 'Once' })),
  )
  await untilExported()
  await first.stop()
  // As it stands when the process dies between the insert and the moving of the cursors.
  const { rows } = await database.pool.query<{ shard: number; seq: number }>(
    'select shard, seq from export_cursors where lane = 0 and seq > 0',
  )
  const token = '01890000-0000-7000-8000-000000000001'
  const ranges = rows.map(({ shard, seq }) => ({ shard, lane: 0, from: 1, to: seq }))
  await database.pool.query('insert into export_batches (token, ranges, created_at) values ($1, $2, 0)', [token, JSON.stringify(ranges)])
  await database.pool.query('update export_cursors set seq = 0 where lane = 0')
  await history.client.command({ query: 'truncate table events' })
  const second = await startWorker()
  await untilExported()
  await second.stop()
  await database.pool.query('insert into export_batches (token, ranges, created_at) values ($1, $2, 0)', [token, JSON.stringify(ranges)])
  await database.pool.query('update export_cursors set seq = 0 where lane = 0')
  await history.client.command({ query: `alter table events delete where profile_id = '${ids[7]}' settings mutations_sync = 1` })
  await startWorker()
  await untilExported()
  const [counted] = await ask<{ n: string; unique: string }>(
    'select toString(count()) as n, toString(uniqExact(shard, lane, seq)) as unique from events',
  )
  expect(counted).toEqual({ n: '50', unique: '50' })
})

test('an empty ClickHouse in the place of the history takes nothing, and after a restore it has everything that PostgreSQL keeps', async () => {
  const ids = Array.from({ length: 20 }, () => makeProfileId())
  const send = (name: string): Promise<void> =>
    append(
      database.pool,
      ids.map((profileId) => ({ profileId, name })),
    )
  const first = await startWorker()
  await send('Before')
  await untilTaken(database.pool)
  await untilExported()
  // Replaced by a new one while it runs.
  const url = new URL(history.url)
  url.pathname = `${url.pathname}_other`
  const other = makeClickHouse(url.href, 'interactive')
  await history.client.command({ query: 'drop view profile_overrides' })
  for (const { name } of await ask<{ name: string }>(
    `select name from system.tables where database = '${history.database}' order by engine = 'MaterializedView' desc`,
  ))
    await history.client.command({ query: `drop table if exists \`${name}\`` })
  await send('Meanwhile')
  await until('the export to stop', () => first.status().export.state === 'history lost')
  expect(first.status().export.error).toContain('throughline restore')
  await first.stop()
  // A wrong address, at the next start.
  const second = await startWorker(url.href)
  await until('the export to stop', () => second.status().export.state === 'history lost')
  expect(await other.query({ query: 'select 1' }).catch((error: unknown) => error)).toMatchObject({ code: '81' })
  await second.stop()
  await other.close()
  const restored = await restoreArchives({
    db: database.pool,
    clickhouse: history.client,
    database: history.database,
    paths: [],
    replace: false,
  })
  expect(restored).toMatchObject({ days: [], rewound: true })
  await startWorker()
  await untilExported()
  const [counted] = await ask<{ n: string; unique: string }>(
    'select toString(count()) as n, toString(uniqExact(shard, lane, seq)) as unique from events',
  )
  expect(counted).toEqual({ n: '40', unique: '40' })
})
