import { createTables, withClickHouseRetry, type ClickHouse, type ClickHouseTable, type Cluster } from '../platform/clickhouse/index.ts'

/**
 * What people have called themselves, in small letters: a column short enough to be looked through for a part of a name,
 * where the traits of all identify calls are not. ClickHouse fills it itself from what is exported.
 */
const names: ClickHouseTable = {
  name: 'people_names',
  engine: 'ReplacingMergeTree',
  columns: 'profile_id UUID, called String codec(ZSTD)',
  orderBy: '(profile_id, called)',
  shardingKey: 'cityHash64(profile_id)',
}

const trait = (...spellings: string[]): string =>
  `coalesce(${spellings.map((name) => `nullIf(trim(JSONExtractString(properties, '${name}')), '')`).join(', ')}, '')`

/** Creates the table and what fills it, beside the table of events. Safe to run at every start. */
export async function prepareNames(client: ClickHouse, database: string, cluster?: Cluster): Promise<void> {
  await createTables(client, database, [names], cluster)
  const local = cluster ? '_local' : ''
  const query = `create materialized view if not exists ${database}.people_names_feed${cluster ? ` on cluster '${cluster}'` : ''} to ${database}.people_names${local} as
    select profile_id, lowerUTF8(if(${trait('name')} <> '', ${trait('name')}, trim(concat(${trait('first_name', 'firstName', 'firstname')}, ' ', ${trait('last_name', 'lastName', 'lastname')})))) as called
    from ${database}.events${local} where type = 'identify' and called <> ''`
  await withClickHouseRetry(() => client.command({ query }))
}
