/**
 * ClickHouse: what has happened.
 *
 * - *lane*: which sessions of the embedded store a client uses, so that long work never stands in the way of a look-up:
 *   `interactive` (a person waits), `bulk` (fills, sweeps, archives), `insert` (the export).
 * - *child*: the process of ours in which the embedded store runs.
 */
export { startEmbeddedClickHouse, type EmbeddedClickHouse } from './embedded.ts'
export {
  makeClickHouse,
  isClickHouseAway,
  isDatabaseMissing,
  isHistoryMissing,
  isMemoryShort,
  withClickHouseRetry,
  type ClickHouse,
  type Lane,
} from './client.ts'
export { createDatabase, createTables, type ClickHouseTable, type Cluster } from './tables.ts'
