import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { v7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeLog } from '../platform/log/index.ts'
import { makeFiles } from './files.ts'
import { insertImport, moveImport, readImport } from './store.ts'
import { csvFile } from './test/csv-file.ts'
import { KEEP_MS, makeFinder, removeOldFiles, searchFiles } from './tidy.ts'

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await makeTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'uploads-'))
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

const { log } = makeLog({ level: 'fatal', format: 'text' })
async function upload(content: string | Buffer): Promise<string> {
  const id = v7()
  writeFileSync(join(folder, id), content)
  const rest = {
    kind: 'people' as const,
    name: 'file.csv',
    bytes: 1,
    mapping: { file: csvFile, columns: [] },
    preset: null,
    createdBy: 'test',
  }
  await insertImport(database.pool, { id, ...rest })
  return id
}
const base = () => ({ pool: database.pool, files: makeFiles(folder), log })
const search = (...identifiers: { kind: 'email' | 'phone' | 'user_id'; value: string }[]) =>
  searchFiles({ ...base(), beingForgotten: async () => [{ since: Date.now() + 1, identifiers }] }, new AbortController().signal)

test('a file that names somebody who is being forgotten is removed, unless it is at work, and others stay', async () => {
  const named = await upload('mail,n\nann@example.org,1\n"Eve <EVE@example.org>",2\n')
  const busy = await upload('mail\neve@example.org\n')
  await moveImport(database.pool, busy, ['draft'], 'running', Date.now())
  const other = await upload('mail\nsteve@example.com\n')
  const damaged = await upload(gzipSync('mail\nann@example.org\n'.repeat(9_000)).subarray(0, 60))
  await search({ kind: 'email', value: 'eve@example.org' })
  expect(readdirSync(folder).sort()).toEqual([busy, other].sort())
  expect(await readImport(database.pool, named)).toMatchObject({ state: 'draft', error: expect.stringContaining('was removed') })
  expect((await readImport(database.pool, damaged)).error).toContain('was removed')
  await moveImport(database.pool, busy, ['running'], 'cancelled', Date.now())
  await search({ kind: 'email', value: 'eve@example.org' })
  expect(readdirSync(folder)).toEqual([other])
})

test('a cell names somebody as a whole; addresses and phone numbers do within a text too, however they are written', () => {
  const isNamed = makeFinder([
    { kind: 'user_id', value: '42' },
    { kind: 'email', value: 'eve@example.org' },
    { kind: 'phone', value: '+491701234567' },
  ])
  for (const cell of [42, ' 42', 'mail EVE@example.org', ['eve@example.org'], '0170 / 123 45 67', 491701234567])
    expect(isNamed(cell)).toBe(true)
  for (const cell of ['421', 'number 42', null, true, 'ann@example.org', '1234567']) expect(isNamed(cell)).toBe(false)
})

test('files that nobody has touched for a week go, and halves of uploads after a day', async () => {
  const [old, young] = [await upload('a\n1\n'), await upload('a\n1\n')]
  await database.pool.query('update imports set created_at = $2 where id = $1', [old, Date.now() - KEEP_MS - 1])
  const [orphan, half] = [v7(), `${v7()}.new`]
  for (const name of [orphan, half]) writeFileSync(join(folder, name), 'a')
  const longAgo = Date.now() / 1_000 - 100_000
  for (const name of readdirSync(folder)) if (name !== young) utimesSync(join(folder, name), longAgo, longAgo)
  const fresh = `${v7()}.new`
  writeFileSync(join(folder, fresh), 'a')
  const before = readdirSync(folder)
  await removeOldFiles(base(), Date.now())
  const left = readdirSync(folder)
  expect(left).toEqual(expect.arrayContaining([young, fresh]))
  expect(before.filter((name) => !left.includes(name))).toEqual(expect.arrayContaining([old, orphan, half]))
})
