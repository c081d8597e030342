import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeSilentLog } from '../../platform/log/index.ts'
import { prepareHistory } from '../export/tables.ts'
import { append, makeProfileId } from '../test/harness.ts'
import { restoreArchive } from './archive.ts'
import { maintain } from './maintainer.ts'
import { DAY_MS, dayOf, readPartitions } from './partitions.ts'

let database: TestDatabase
let history: TestClickHouse
let folder: string
const today = dayOf(Date.now())

beforeEach(async () => {
  ;[database, history, folder] = await Promise.all([makeTestDatabase(), makeTestClickHouse(), mkdtemp(join(tmpdir(), 'archive-'))])
})

afterEach(async () => {
  await Promise.all([database.drop(), history.drop(), rm(folder, { recursive: true })])
})

const round = (day: number): Promise<void> => maintain(database.pool, { today: day, days: 14, folder, log: makeSilentLog() })

test('partitions of the coming days stand before they are needed, and days seen long ago go', async () => {
  await round(today)
  expect((await readPartitions(database.pool, 'inbox')).map(({ day }) => day)).toEqual([-1, 0, 1, 2, 3].map((n) => today + n))
  await database.pool.query(`insert into seen (day, source, message_id) values ($1, 'web', 'old import'), ($2, 'web', 'today')`, [
    today - 4_000,
    today,
  ])
  await round(today + 8)
  expect((await readPartitions(database.pool, 'seen')).map(({ day }) => day)).toEqual([1, 2, 3, 7, 8, 9, 10, 11].map((n) => today + n))
  expect((await database.pool.query('select message_id from seen')).rows).toEqual([{ message_id: 'old import' }])
})

test('an old day leaves the inbox only when it is exported and taken, and can be put back into ClickHouse', async () => {
  await round(today)
  const id = makeProfileId()
  const properties = { note: 'back\\slash "quote" \t tab \n line é 👟 \u0001' }
  await append(database.pool, [
    { profileId: id, name: 'Kept', properties },
    { profileId: id, type: 'control', name: 'reconsider' },
  ])
  await round(today + 20)
  expect((await readPartitions(database.pool, 'inbox')).map(({ day }) => day)).toContain(today)
  await database.pool.query('update export_cursors set seq = 2 where lane = 0')
  await round(today + 20)
  expect((await readPartitions(database.pool, 'inbox')).map(({ day }) => day)).toContain(today)
  await database.pool.query('update shards set live_seq = 2')
  await round(today + 20)
  expect((await database.pool.query('select 1 from inbox')).rowCount).toBe(0)
  const files = await readdir(folder)
  const file = `inbox-${new Date(today * DAY_MS).toISOString().slice(0, 10)}.ndjson.gz`
  expect(files).toContain(file)
  expect(files.filter((name) => name.endsWith('.new'))).toEqual([])
  await prepareHistory(history.client, history.database)
  await restoreArchive(history.client, join(folder, file))
  const rows = await (
    await history.client.query({ query: 'select toString(profile_id) as id, name, properties from events', format: 'JSONEachRow' })
  ).json()
  expect(rows).toEqual([{ id, name: 'Kept', properties: JSON.stringify(properties) }])
  await expect(restoreArchive(history.client, join(folder, file))).rejects.toThrow(/already has 1 events/)
})

test('old rows that no partition took are archived from the default one', async () => {
  await append(database.pool, [{ profileId: makeProfileId(), name: 'Early' }])
  await database.pool.query('update export_cursors set seq = 1 where lane = 0')
  await database.pool.query('update shards set live_seq = 1')
  await round(today + 20)
  expect((await database.pool.query('select 1 from inbox')).rowCount).toBe(0)
  expect((await readdir(folder)).some((name) => name.startsWith('inbox-default-'))).toBe(true)
})
