import { randomUUID } from 'node:crypto'
import { makeAccepter, registerIngest, type Accepter } from '../src/ingest/index.ts'
import { closeServer, listen, makeHttpServer } from '../src/platform/http/index.ts'
import { makeSilentLog } from '../src/platform/log/index.ts'
import { makeMetrics } from '../src/platform/metrics/index.ts'
import type { Pool } from '../src/platform/postgres/index.ts'
import { makeTestDatabase } from './postgres.ts'

export interface InboxRow {
  readonly [column: string]: unknown
  readonly type: string
  readonly name: string
  readonly lane: number
  readonly triggers: boolean
  readonly profile_id: string
  readonly occurred_at: number
  readonly properties: string
  readonly context: string
}

export interface IngestServer {
  readonly url: string
  readonly writeKey: string
  readonly pool: Pool
  readonly accepter: Accepter
  /** The rows of an event, by its message id. */
  inboxOf(messageId: string): Promise<InboxRow[]>
  /** All rows of the inbox, in the order in which they were accepted. */
  inbox(): Promise<InboxRow[]>
  stop(): Promise<void>
}

/** The real ingest API over real HTTP on a database of its own, with one source, "web". */
export async function startIngest(): Promise<IngestServer> {
  const db = await makeTestDatabase()
  const log = makeSilentLog()
  const metrics = makeMetrics()
  const accepter = makeAccepter({ pool: db.pool, log, metrics })
  const writeKey = `wk_${randomUUID()}`
  const app = makeHttpServer({ log, metrics, checks: {} })
  await registerIngest(app, {
    accepter,
    sources: { sourceOfWriteKey: async (key) => (key === writeKey ? 'web' : null), noteEvent: () => undefined },
  })
  const url = await listen(app, { host: '127.0.0.1', port: 0 })
  return {
    url,
    writeKey,
    pool: db.pool,
    accepter,
    inboxOf: async (messageId) =>
      (await db.pool.query<InboxRow>('select * from inbox where event_id = $1::text', [`web:${messageId}`])).rows,
    inbox: async () => (await db.pool.query<InboxRow>('select * from inbox order by received_at, shard, lane, seq')).rows,
    async stop() {
      await closeServer(app, 1_000)
      await accepter.close()
      await db.drop()
    },
  }
}
