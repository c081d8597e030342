import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeSilentLog } from '../../platform/log/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { prepareHistory } from '../export/tables.ts'
import { makeClock, type TestClock } from '../test/clock.ts'
import { append, makeProfileId } from '../test/harness.ts'
import { restoreArchives } from './restore.ts'
import { maintain } from './maintainer.ts'
import { makeKeys, seal } from './sealed.ts'
import { DAY_MS, dayOf, readPartitions } from './partitions.ts'

let database: TestDatabase
let history: TestClickHouse
let folder: string
let clock: TestClock
let pool: Pool
let today: number

beforeEach(async () => {
  ;[database, history, folder] = await Promise.all([makeTestDatabase(), makeTestClickHouse(), mkdtemp(join(tmpdir(), 'archive-'))])
  clock = await makeClock(database)
  pool = clock.pool
  await clock.putToNoon()
  today = dayOf(await clock.now())
})

afterEach(async () => {
  await clock.stop()
  await Promise.all([database.drop(), history.drop(), rm(folder, { recursive: true })])
})

const restore = (paths: string[], replace = false): ReturnType<typeof restoreArchives> =>
  restoreArchives({ db: pool, clickhouse: history.client, database: history.database, paths, replace })
const readHistory = async (columns: string): Promise<unknown[]> =>
  (await history.client.query({ query: `select ${columns} from events`, format: 'JSONEachRow' })).json()
const round = (day: number): Promise<void> => maintain(pool, { today: day, days: 14, folder, log: makeSilentLog() })

test('partitions of the coming days stand before they are needed, and days seen long ago go', async () => {
  await round(today)
  expect((await readPartitions(pool, 'inbox')).map(({ day }) => day)).toEqual([-1, 0, 1, 2, 3].map((n) => today + n))
  await pool.query(`insert into seen (day, source, message_id) values ($1, 'web', 'old import'), ($2, 'web', 'today')`, [
    today - 4_000,
    today,
  ])
  await round(today + 8)
  expect((await readPartitions(pool, 'seen')).map(({ day }) => day)).toEqual([1, 2, 3, 7, 8, 9, 10, 11].map((n) => today + n))
  expect((await pool.query('select message_id from seen')).rows).toEqual([{ message_id: 'old import' }])
})

test('an old day leaves the inbox only when it is exported and taken, and can be put back into ClickHouse', async () => {
  await round(today)
  const id = makeProfileId()
  const properties = { note: 'back\\slash "quote" \t tab \n line é 👟 \u0001' }
  await append(pool, [
    { profileId: id, name: 'Kept', properties },
    { profileId: id, type: 'control', name: 'reconsider' },
  ])
  await round(today + 20)
  expect((await readPartitions(pool, 'inbox')).map(({ day }) => day)).toContain(today)
  await pool.query('update export_cursors set seq = 2 where lane = 0')
  await round(today + 20)
  expect((await readPartitions(pool, 'inbox')).map(({ day }) => day)).toContain(today)
  await pool.query('update shards set live_seq = 2')
  await round(today + 20)
  expect((await pool.query('select 1 from inbox')).rowCount).toBe(0)
  const files = await readdir(folder)
  const file = `inbox-${new Date(today * DAY_MS).toISOString().slice(0, 10)}.sealed.ndjson`
  expect(files).toContain(file)
  expect(files.filter((name) => name.endsWith('.new'))).toEqual([])
  const day = file.slice(6, 16)
  const kept = [{ id, name: 'Kept', properties: JSON.stringify(properties) }]
  const { days, merged } = await restore([folder])
  expect([days.length > 1, merged]).toEqual([true, 0])
  expect(days.filter(({ events }) => events > 0)).toEqual([{ day, files: [join(folder, file)], events: 1, unreadable: 0, replaced: 0 }])
  expect(await readHistory('toString(profile_id) as id, name, properties')).toEqual(kept)
  await expect(restore([join(folder, file)])).rejects.toThrow(`already has 1 events received on ${day}`)
  expect((await restore([join(folder, file)], true)).days).toMatchObject([{ events: 1, replaced: 1 }])
  expect(await readHistory('toString(profile_id) as id, name, properties')).toEqual(kept)
  await append(pool, [{ profileId: id, name: 'Late' }])
  await expect(restore([folder], true)).rejects.toThrow(`PostgreSQL still keeps events received on ${day}`)
})

test('who was merged is told to a ClickHouse that has lost it', async () => {
  await round(today)
  const [loser, winner] = [makeProfileId(), makeProfileId()]
  await pool.query(`insert into merges (id, winner, loser, at, reason, moved) values ($1, $2, $3, 0, 'test', '[]')`, [
    makeProfileId(),
    winner,
    loser,
  ])
  await writeFile(join(folder, 'inbox-2026-01-31.sealed.ndjson'), '')
  expect(await restore([folder])).toMatchObject({ days: [{ day: '2026-01-31', events: 0 }], merged: 1 })
  const rows = await history.client.query({
    query: 'select toString(loser) as loser, toString(winner) as winner from profile_overrides',
    format: 'JSONEachRow',
  })
  expect(await rows.json()).toEqual([{ loser, winner }])
})

test('files that are no archives, or broken ones, are named before anything is written', async () => {
  const good = join(folder, 'inbox-2026-01-30.sealed.ndjson')
  const event = {
    shard: 1,
    lane: 0,
    seq: 1,
    event_id: 'e',
    profile_id: makeProfileId(),
    type: 'track',
    name: 'Kept',
    timestamp: 0,
    received_at: Date.UTC(2026, 0, 30),
    source: 's',
    properties: '{}',
    context: '{}',
  }
  const key = (await makeKeys(pool, [event.profile_id])).get(event.profile_id)!
  const sealed = async (day: string): Promise<string> => JSON.stringify(await seal(event.profile_id, day, [JSON.stringify(event)], key))
  await writeFile(good, await sealed('2026-01-30'))
  const broken = join(folder, 'inbox-2026-01-31.sealed.ndjson')
  await writeFile(broken, await sealed('2026-01-31'))
  await expect(restore([good, broken])).rejects.toThrow(`${broken} cannot be read as an archive: event 1 is none received on 2026-01-31.`)
  await writeFile(broken, (await sealed('2026-01-31')).replace('2026-01-31', '2026-01-30'))
  await expect(restore([good, broken])).rejects.toThrow(`${broken} cannot be read as an archive: Unsupported state`)
  await writeFile(broken, (await sealed('2026-01-31')).slice(0, 90))
  await expect(restore([good, broken])).rejects.toThrow(`${broken} cannot be read as an archive: line 1 is no sealed block.`)
  await expect(restore([good, join(folder, 'nowhere')])).rejects.toThrow(/nowhere cannot be read as an archive: ENOENT/)
  await writeFile(join(folder, 'orders.csv'), '')
  await expect(restore([good, join(folder, 'orders.csv')])).rejects.toThrow('orders.csv is not an archive of the inbox')
  await prepareHistory(history.client, history.database)
  expect(await readHistory('1')).toEqual([])
})

test('old rows that no partition took are archived from the default one', async () => {
  await append(pool, [{ profileId: makeProfileId(), name: 'Early' }])
  await pool.query('update export_cursors set seq = 1 where lane = 0')
  await pool.query('update shards set live_seq = 1')
  await round(today + 20)
  expect((await pool.query('select 1 from inbox')).rowCount).toBe(0)
  expect((await readdir(folder)).some((name) => name.startsWith('inbox-default-'))).toBe(true)
})
