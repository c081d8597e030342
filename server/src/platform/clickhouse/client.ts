import { createClient, ClickHouseError, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client'
import { setTimeout as sleep } from 'node:timers/promises'

export type ClickHouse = ClickHouseClient
export type Lane = 'interactive' | 'bulk' | 'insert'

/** The header by which the embedded store learns the lane; a ClickHouse server ignores it. */
export const LANE_HEADER = 'x-throughline-lane'

// Seconds after which the server gives up a query, so that none runs for ever; the connection waits a little longer.
const LIMITS: Record<Lane, { seconds: number; connections: number; settings: ClickHouseSettings }> = {
  // Looking for comparisons that follow from others takes a quarter of the planning of our long queries, and finds none.
  interactive: { seconds: 30, connections: 8, settings: { optimize_and_compare_chain: 0 } },
  bulk: { seconds: 900, connections: 4, settings: { max_threads: 1, priority: '10' } },
  insert: { seconds: 120, connections: 4, settings: { async_insert: 0 } },
}

/**
 * Opens a client for one lane. Use `client.query({ query, query_params, format: 'JSONEachRow' })`; parameters are
 * written `{name:Type}` in the SQL. In JSON, 64-bit numbers arrive as numbers; above 2^53 select them as text.
 * @param url `http://user:password@host:port/database`
 */
export function makeClickHouse(url: string, lane: Lane): ClickHouse {
  const { seconds, connections, settings } = LIMITS[lane]
  return createClient({
    url,
    application: 'throughline',
    request_timeout: (seconds + 10) * 1_000,
    max_open_connections: connections,
    http_headers: { [LANE_HEADER]: lane },
    use_multipart_params_auto: true,
    // A shop's machine restarts its store now and then; an idle socket to the old one must not be used again.
    keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
    clickhouse_settings: { max_execution_time: seconds, output_format_json_quote_64bit_integers: 0, ...settings },
    log: { level: 127 },
  })
}

const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])
// KEEPER_EXCEPTION, ALL_CONNECTION_TRIES_FAILED, NETWORK_ERROR, SOCKET_TIMEOUT, TABLE_IS_READ_ONLY, TOO_MANY_PARTS, TOO_MANY_SIMULTANEOUS_QUERIES, MEMORY_LIMIT_EXCEEDED
const LATER = new Set(['999', '279', '210', '209', '242', '252', '202', '241'])

/** Whether the store was not there, or asked to come back later; anything else is an error of the query, or {@link isHistoryMissing}. */
export function isClickHouseAway(error: unknown): boolean {
  if (error instanceof ClickHouseError) return LATER.has(error.code)
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string' && AWAY.has(error.code)) return true
  return /socket hang up|timeout error|connection refused|other side closed/i.test(error.message) || isClickHouseAway(error.cause)
}

/** Whether a query needed more memory than it may use: one that asks of fewer people may do. */
export function isMemoryShort(error: unknown): boolean {
  if (error instanceof ClickHouseError) return error.code === '241'
  return error instanceof Error && error.cause !== undefined && isMemoryShort(error.cause)
}

/** Whether the database that the client's address names does not exist. */
export function isDatabaseMissing(error: unknown): boolean {
  return error instanceof ClickHouseError && error.code === '81'
}

/** Whether the database or a table of it does not exist: the export has not made them yet, or the history was lost. */
export function isHistoryMissing(error: unknown): boolean {
  if (error instanceof ClickHouseError) return error.code === '81' || error.code === '60'
  return error instanceof Error && error.cause !== undefined && isHistoryMissing(error.cause)
}

/** Runs a function again, after a growing pause, for as long as the store is away, at most `forMs`. */
export async function withClickHouseRetry<T>(work: () => Promise<T>, forMs = 30_000): Promise<T> {
  const until = Date.now() + forMs
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isClickHouseAway(error) || Date.now() > until) throw error
      await sleep(Math.min(2_000, 50 * 2 ** attempt))
    }
  }
}
