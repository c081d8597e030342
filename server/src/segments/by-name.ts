import { eventNames } from '@throughline/contracts'
import { contextColumns, contextTextToSql } from '@throughline/engine'
import { createTables, withClickHouseRetry, type ClickHouse, type ClickHouseTable, type Cluster } from '../platform/clickhouse/index.ts'

/**
 * The same events once more, as conditions ask for them: by name, without what no condition reads, and with their JSON as maps from
 * the names of entries to their JSON texts. A question about one event of many reads that event's rows alone, and a question about
 * one property that property alone: in parts that have been merged the maps lie in buckets by key. `tells`: the event says
 * traits, which are then in `said`. Of the context it has what conditions read, a column each: these are few texts that come over and
 * over, and a rule about user agents is applied to each of them once and not to every event.
 *
 * What it saves at 10 million events is measured by the bench `preview`.
 */
const byName: ClickHouseTable = {
  name: 'events_by_name',
  engine: 'MergeTree',
  columns: `
    tells UInt8,
    name LowCardinality(String),
    shard UInt8,
    lane UInt8,
    profile_id UUID codec(ZSTD),
    at Int64 codec(Delta, ZSTD),
    received_at Int64 codec(Delta, ZSTD),
    properties Map(LowCardinality(String), String) codec(ZSTD),
    said Map(LowCardinality(String), String) codec(ZSTD),
    ${Object.values(contextColumns)
      .map((column) => `${column} LowCardinality(String)`)
      .join(',\n    ')}`,
  partitionBy: 'toYYYYMM(fromUnixTimestamp64Milli(received_at))',
  orderBy: '(tells, name, shard, profile_id, at)',
  shardingKey: 'shard',
  settings: {
    map_serialization_version: 'with_buckets',
    // An insert need not sort keys into buckets; the merges do.
    map_serialization_version_for_zero_level_parts: 'basic',
    map_buckets_strategy: 'constant',
    map_buckets_min_avg_size: 0,
    max_buckets_in_map: 32,
  },
}

// What an event says of its person, as `said` of the engine's SQL; most say nothing, and their context is not read for it.
const SAID = `multiIf(e.type = 'identify', e.properties, e.type = 'fact' and e.name = '${eventNames.profileUpdated}', JSONExtractRaw(e.properties, 'traits'), position(e.context, '"traits"') > 0, JSONExtractRaw(e.context, 'traits'), '')`

const asMap = (json: string): string => `cast(JSONExtractKeysAndValuesRaw(${json}), 'Map(LowCardinality(String), String)')`

// Most contexts lack most of these, which is seen without parsing them.
const CONTEXT = Object.entries(contextColumns)
  .map(([path, column]) => `if(position(e.context, '"${path.split('.')[0]}') > 0, ${contextTextToSql(path, 'e.context')}, '') as ${column}`)
  .join(', ')

const rowsOf = (table: string): string =>
  `select notEmpty(said) as tells, e.name as name, e.shard as shard, e.lane as lane, e.profile_id as profile_id, least(e.timestamp, e.received_at) as at,
     e.received_at as received_at, ${asMap('e.properties')} as properties, ${asMap(SAID)} as said, ${CONTEXT}
   from ${table} as e`

/**
 * Creates the table by name, fed by every insert into `events`. Where there are events already, they are copied first, a month at a
 * time; so they are when an earlier release made the table with fewer columns. To be called before the export inserts, once `events` is there.
 */
export async function prepareByName(client: ClickHouse, database: string, cluster?: Cluster): Promise<void> {
  const [suffix, on] = cluster ? ['_local', ` on cluster '${cluster}'`] : ['', '']
  const feed = `${database}.events_by_name_feed`
  if ((await exists(client, feed)) && (await hasAllColumns(client, database))) return
  // A copy that was interrupted begins again.
  await client.command({ query: `drop table if exists ${feed}${on} sync` })
  await client.command({ query: `drop table if exists ${database}.events_by_name${on} sync` })
  if (cluster) await client.command({ query: `drop table if exists ${database}.events_by_name_local${on} sync` })
  await createTables(client, database, [byName], cluster)
  for (const month of await readMonths(client, database)) {
    await client.command({
      query: `insert into ${database}.events_by_name ${rowsOf(`${database}.events`)} where toYYYYMM(fromUnixTimestamp64Milli(e.received_at)) = {month:UInt32}`,
      query_params: { month },
      clickhouse_settings: { max_execution_time: 3_600 },
    })
  }
  await withClickHouseRetry(() =>
    client.command({
      query: `create materialized view if not exists ${feed}${on} to ${database}.events_by_name${suffix} as ${rowsOf(`${database}.events${suffix}`)}`,
    }),
  )
}

async function exists(client: ClickHouse, table: string): Promise<boolean> {
  const result = await client.query({ query: `exists table ${table}`, format: 'JSONEachRow' })
  return (await result.json<{ result: number }>())[0]?.result === 1
}

async function hasAllColumns(client: ClickHouse, database: string): Promise<boolean> {
  const result = await client.query({
    query: `select count() as n from system.columns where database = {database:String} and table = 'events_by_name' and name in ('lane', ${Object.values(
      contextColumns,
    )
      .map((column) => `'${column}'`)
      .join(', ')})`,
    query_params: { database },
    format: 'JSONEachRow',
  })
  return Number((await result.json<{ n: number }>())[0]?.n) === Object.keys(contextColumns).length + 1
}

async function readMonths(client: ClickHouse, database: string): Promise<number[]> {
  const result = await client.query({
    query: `select distinct toYYYYMM(fromUnixTimestamp64Milli(received_at)) as month from ${database}.events order by month`,
    format: 'JSONEachRow',
  })
  return (await result.json<{ month: number }>()).map(({ month }) => month)
}
