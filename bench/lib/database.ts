import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopAtEnd } from './ending.ts'
import { makeSilentLog } from '../../server/src/platform/log/index.ts'
import { makePool, migrate, startEmbeddedPostgres, type Pool } from '../../server/src/platform/postgres/index.ts'

/**
 * A durable embedded PostgreSQL of its own, migrated, or the one of DATABASE_URL; `stop` removes what it made.
 * @param kept where its files are kept instead, for the next time
 */
export async function startBenchDatabase(kept?: string): Promise<{ url: string; pool: Pool; stop(): Promise<void> }> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'throughline-bench-'))
  const given = process.env.DATABASE_URL
  const starting = given
    ? Promise.resolve({ url: given, stop: async () => undefined })
    : startEmbeddedPostgres({ folder, log: makeSilentLog() })
  const stopServer = stopAtEnd(async () => {
    await (await starting).stop()
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  })
  const { url } = await starting
  const pool = makePool(url, { max: 4, name: 'bench' })
  await migrate(pool)
  return {
    url,
    pool,
    async stop() {
      await pool.end()
      await stopServer()
    },
  }
}
