/** A worker in a process of its own, for tests that kill it: DATABASE_URL, CLICKHOUSE_URL, and the archive's folder from the environment. */
import { Registry } from 'prom-client'
import { makeSilentLog } from '../../platform/log/index.ts'
import { makePool } from '../../platform/postgres/index.ts'
import { makeWorker } from '../worker.ts'

const pool = makePool(process.env.DATABASE_URL!, { max: 8 })
const worker = makeWorker({
  unseal: (sealed) => Buffer.from(sealed).toString('utf8'),
  pool,
  log: makeSilentLog(),
  metrics: new Registry(),
  loadSettings: async () => ({ zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } }),
  deliver: () => undefined,
  clickhouse: { url: process.env.CLICKHOUSE_URL! },
  archive: { folder: process.env.ARCHIVE!, days: 14 },
})
await worker.start()
process.send?.({ id: worker.id })
