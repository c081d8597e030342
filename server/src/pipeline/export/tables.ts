import { createTables, withClickHouseRetry, type ClickHouse, type ClickHouseTable, type Cluster } from '../../platform/clickhouse/index.ts'
import { prepareNames } from '../../profiles/index.ts'
import { prepareByName } from '../../segments/index.ts'

/**
 * All events of all people, one row each.
 * - Ordered by person, since a timeline and a condition ask about one person or about each.
 * - Partitioned by the month in which an event was received, not in which it happened: the import of ten years arrives in one
 *   month and makes one part per insert, where partitions by `timestamp` would make 120. Bounds on `timestamp` still leave
 *   out old partitions when the same bound is put on `received_at`, which is never earlier.
 * - `range` finds the rows of an export batch again after a crash without reading everything.
 */
const events: ClickHouseTable = {
  name: 'events',
  engine: 'MergeTree',
  columns: `
    shard UInt8,
    lane UInt8,
    seq UInt64 codec(Delta, ZSTD),
    event_id String codec(ZSTD),
    profile_id UUID codec(ZSTD),
    type LowCardinality(String),
    name LowCardinality(String),
    timestamp Int64 codec(Delta, ZSTD),
    received_at Int64 codec(Delta, ZSTD),
    source LowCardinality(String),
    properties String codec(ZSTD),
    context String codec(ZSTD),
    index range (lane, seq) type minmax granularity 1`,
  partitionBy: 'toYYYYMM(fromUnixTimestamp64Milli(received_at))',
  orderBy: '(shard, profile_id, timestamp)',
  shardingKey: 'shard',
}

/** Since when what is told of the loser is the winner's own word, epoch ms; nothing is where it is not known. */
const mergedAt = `merged_at Int64 default ${Number.MAX_SAFE_INTEGER}`

/** Where merged profiles stand; a new row for every change, the highest version counts. A profile that stands alone again is its own winner. */
const overrides: ClickHouseTable = {
  name: 'profile_override_changes',
  engine: 'ReplacingMergeTree',
  engineArguments: 'version',
  columns: `loser UUID, winner UUID, version UInt64, ${mergedAt}`,
  orderBy: 'loser',
  shardingKey: 'cityHash64(loser)',
}

/** Columns of `events` in the order in which the export writes them. */
export const exportColumns = [
  'shard',
  'lane',
  'seq',
  'event_id',
  'profile_id',
  'type',
  'name',
  'timestamp',
  'received_at',
  'source',
  'properties',
  'context',
] as const

/** Creates the tables that the export fills. Safe to run at every start; waits a while for a store that is starting. */
export async function prepareHistory(client: ClickHouse, database: string, cluster?: Cluster): Promise<void> {
  await createTables(client, database, [events, overrides], cluster)
  await withClickHouseRetry(() => prepareOverrides(client, database, cluster))
  await prepareNames(client, database, cluster)
  await prepareByName(client, database, cluster)
}

/**
 * Brings the table of merges of an earlier release to its present form, with the view on it. Nothing is written where that is done:
 * a view that is replaced while the disk is full is left without its text, and no query of the database works any more.
 */
async function prepareOverrides(client: ClickHouse, database: string, cluster?: Cluster): Promise<void> {
  const found = await client.query({
    query: `select 1 from system.columns where database = {database:String} and table = 'profile_overrides' and name = 'merged_at'`,
    query_params: { database },
    format: 'JSONEachRow',
  })
  if ((await found.json()).length > 0) return
  const on = cluster ? ` on cluster '${cluster}'` : ''
  for (const table of cluster ? [`${overrides.name}_local`, overrides.name] : [overrides.name])
    await client.command({ query: `alter table ${database}.${table}${on} add column if not exists ${mergedAt}` })
  await client.command({
    query: `create or replace view ${database}.profile_overrides${on} as
      select loser, winner, merged_at from ${database}.profile_override_changes final where loser <> winner`,
  })
}
