import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startEmbeddedClickHouse } from '../src/platform/clickhouse/index.ts'
import { makeSilentLog } from '../src/platform/log/index.ts'

/** Starts the store for one run of the tests, or takes that of TEST_CLICKHOUSE_URL. */
export async function startTestClickHouse(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_CLICKHOUSE_URL
  if (given) return { url: given, stop: async () => undefined }
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build-child.mjs', import.meta.url))])
  return startEmbeddedClickHouse({ folder, log: makeSilentLog() })
}
