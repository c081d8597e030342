/**
 * PostgreSQL: what is true now.
 *
 * - *cluster*: the folder of files that one PostgreSQL server works on.
 * - *embedded*: the server that we bring along and run as a supervised child.
 * - *Db*: anything that runs a query: the pool, or one client inside a transaction.
 */
export { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded.ts'
export { processName } from './process-name.ts'
export { makePool, type Db, type Pool, type PoolClient, type QueryResult, type Statement } from './pool.ts'
export { openPipelinedClient, type PipelinedClient } from './pipelined-client.ts'
export { BY_KEYS, keepClient, type KeptClient } from './kept-client.ts'
export { withTransaction, withClient, isRetryable, isConnectionLost, isOutOfResources, isUnstorableText } from './transaction.ts'
export { migrate, findMigrations, type Migration } from './migrate.ts'
export { dumpSchema } from './dump-schema.ts'
export * as binary from './binary-arrays.ts'
