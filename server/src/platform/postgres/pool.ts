import pg from 'pg'
import type { Logger } from '../log/index.ts'
import { Client } from './client.ts'
import { types } from './types.ts'

export type Pool = pg.Pool
export type PoolClient = pg.PoolClient
export type QueryResult<Row extends pg.QueryResultRow = pg.QueryResultRow> = pg.QueryResult<Row>

/**
 * Anything that runs a query: the pool, or the one client of a transaction. Write `db.query<Row>(sql, values)`, or
 * `db.query<Row>({ name, text, values })` for a statement that the server keeps prepared on each connection.
 */
export interface Db {
  query<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<Row>>
}

/** A statement with what it needs, ready to go out: whatever can be wrong with its values has been found. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

/**
 * Opens a pool. Values arrive as described in types.ts. A connection lost while idle is replaced silently;
 * one lost in use rejects the query that was running on it.
 * @param options.max connections at most; default 10
 * @param options.name shown in pg_stat_activity
 */
export function makePool(url: string, options: { max?: number; name?: string; log?: Logger } = {}): Pool {
  const pool = new pg.Pool({
    Client,
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'throughline',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types,
    options: '-c timezone=UTC -c datestyle=ISO -c bytea_output=hex',
  })
  pool.on('error', (error) => options.log?.warn({ err: error }, 'lost an idle PostgreSQL connection'))
  return pool
}
