/**
 * npm run schema writes server/src/platform/postgres/schema.sql from an empty database brought up by the migrations;
 * npm run check:schema fails when the file says something else.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeSilentLog } from '../server/src/platform/log/index.ts'
import { dumpSchema, makePool, migrate, startEmbeddedPostgres } from '../server/src/platform/postgres/index.ts'

const path = 'server/src/platform/postgres/schema.sql'
const folder = mkdtempSync(join(tmpdir(), 'throughline-schema-'))
const server = await startEmbeddedPostgres({
  folder,
  log: makeSilentLog(),
  durable: false,
  programs: join(process.cwd(), 'node_modules/.cache/throughline'),
})
try {
  const pool = makePool(server.url, { max: 1 })
  await migrate(pool)
  const dump = await dumpSchema(pool)
  await pool.end()
  if (process.argv[2] === '--check') check(dump)
  else writeFileSync(path, dump)
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

function check(dump: string): void {
  const written = readFileSync(path, 'utf8')
  if (written === dump) return
  const [old, now] = [written.split('\n'), dump.split('\n')]
  const at = now.findIndex((line, index) => line !== old[index])
  console.error(
    `${path}:${at + 1} is not what the migrations add up to. Run npm run schema and commit the file.\n  stands: ${old[at] ?? '(end)'}\n  should: ${now[at] ?? '(end)'}`,
  )
  process.exitCode = 1
}
