import { isDatabaseMissing, makeClickHouse, withClickHouseRetry, type ClickHouse } from './client.ts'

/** One table as a domain declares it, without a word about clusters. */
export interface ClickHouseTable {
  readonly name: string
  /** The column list, as SQL. */
  readonly columns: string
  /** Such as `MergeTree` or `ReplacingMergeTree`. */
  readonly engine: string
  /** Arguments of the engine, such as the version column of `ReplacingMergeTree`. */
  readonly engineArguments?: string
  readonly partitionBy?: string
  readonly orderBy: string
  readonly settings?: Readonly<Record<string, string | number>>
  /** On a cluster: what decides the node of a row. Tables that are joined by person use the same. */
  readonly shardingKey: string
}

/** Name of a cluster as it stands in the servers' configuration (`CLICKHOUSE_CLUSTER`); undefined for one server. */
export type Cluster = string | undefined

/**
 * Creates the database that an address names, unless it is there: a client with that address can do nothing before, since
 * ClickHouse refuses every statement that comes with the name of a database which does not exist.
 * Fails at once when the store is away.
 * @param url `http://user:password@host:port/database`
 */
export async function createDatabase(url: string, cluster?: Cluster): Promise<void> {
  const run = async (address: string, query: string): Promise<void> => {
    const client = makeClickHouse(address, 'insert')
    try {
      await client.command({ query })
    } finally {
      await client.close()
    }
  }
  try {
    await run(url, 'select 1')
  } catch (error) {
    if (!isDatabaseMissing(error)) throw error
    const address = new URL(url)
    const database = decodeURIComponent(address.pathname.slice(1))
    address.pathname = ''
    await run(address.href, `create database if not exists ${quote(database)}${onCluster(cluster)}`)
  }
}

/**
 * Creates the database and the tables that are missing. On one server each table is what it says; on a cluster it is a
 * `Distributed` table of that name over a `Replicated…` one named `NAME_local`. Safe to run at every start.
 */
export async function createTables(
  client: ClickHouse,
  database: string,
  tables: readonly ClickHouseTable[],
  cluster?: Cluster,
): Promise<void> {
  const statements = [`create database if not exists ${quote(database)}${onCluster(cluster)}`]
  for (const table of tables) statements.push(...tableStatements(database, table, cluster))
  for (const query of statements) await withClickHouseRetry(() => client.command({ query }))
}

/** The statements of one table; exported for the test that holds both forms. */
export function tableStatements(database: string, table: ClickHouseTable, cluster: Cluster): string[] {
  const local = cluster ? `${table.name}_local` : table.name
  const engine = cluster
    ? `Replicated${table.engine}('/clickhouse/tables/{shard}/${database}/${local}', '{replica}'${table.engineArguments ? `, ${table.engineArguments}` : ''})`
    : `${table.engine}(${table.engineArguments ?? ''})`
  // Without replication ClickHouse forgets insert tokens unless it is told how many to keep.
  const settings = { ...(cluster ? {} : { non_replicated_deduplication_window: 10_000 }), ...table.settings }
  const make = [
    `create table if not exists ${quote(database)}.${quote(local)}${onCluster(cluster)} (${table.columns})`,
    `engine = ${engine}`,
    ...(table.partitionBy ? [`partition by ${table.partitionBy}`] : []),
    `order by ${table.orderBy}`,
    `settings ${
      Object.entries(settings)
        .map(([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`)
        .join(', ') || 'index_granularity = 8192'
    }`,
  ].join('\n')
  if (!cluster) return [make]
  return [
    make,
    `create table if not exists ${quote(database)}.${quote(table.name)}${onCluster(cluster)} as ${quote(database)}.${quote(local)}
engine = Distributed('${cluster}', '${database}', '${local}', ${table.shardingKey})`,
  ]
}

function onCluster(cluster: Cluster): string {
  return cluster ? ` on cluster '${cluster}'` : ''
}

function quote(name: string): string {
  return '`' + name.replaceAll('`', '``') + '`'
}
