import type pg from 'pg'
import { openPipelinedClient, type PipelinedClient } from './pipelined-client.ts'
import type { Db, Pool } from './pool.ts'

/**
 * Settings of a connection whose statements reach every row by its key. With few rows and no statistics yet the planner would read
 * whole tables, and keep doing so while they grow: a plan is made once for each connection.
 */
export const BY_KEYS: readonly string[] = [
  'set enable_seqscan = off',
  'set enable_hashjoin = off',
  'set enable_mergejoin = off',
  'set plan_cache_mode = force_generic_plan',
]

/** One pipelined connection for one purpose: opened when first needed, opened anew when it was lost. */
export interface KeptClient extends Db {
  /** The connection as it stands, for a transaction: all its statements have to go over the same one. */
  client(): Promise<PipelinedClient>
  close(): Promise<void>
}

/** @param options as for {@link openPipelinedClient} */
export function keepClient(pool: Pool, options: { readonly name: string; readonly setup?: readonly string[] }): KeptClient {
  let open: Promise<PipelinedClient> | undefined
  let now: PipelinedClient | undefined
  let closed = false

  function connect(): Promise<PipelinedClient> {
    if (closed) return Promise.reject(new Error('Connection terminated: this program is stopping'))
    now = undefined
    const opening = openPipelinedClient(pool, options)
    open = opening
    opening.then(
      (client) => {
        if (open === opening) now = client
      },
      () => {
        // The next statement tries again.
        if (open === opening) open = undefined
      },
    )
    return opening
  }

  async function client(): Promise<PipelinedClient> {
    if (now !== undefined) return now.lost() === undefined ? now : connect()
    return open ?? connect()
  }

  return {
    client,
    async query<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig, values?: unknown[]) {
      return (await client()).query<Row>(query, values)
    },
    async close() {
      closed = true
      const last = await open?.catch(() => undefined)
      await last?.close()
    },
  }
}
