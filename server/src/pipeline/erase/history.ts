import { lanes } from '@throughline/contracts'
import type { ClickHouse, Cluster } from '../../platform/clickhouse/index.ts'
import type { Counts } from './store.ts'

/** Columns that say whose a row is, in whatever table they stand. */
const COLUMNS = ['profile_id', 'loser', 'winner']

/**
 * What files said of these profiles, by the ids of those events. Files are remembered by what they said, for ever; of somebody
 * who is allowed to come back the same file has to be news again.
 */
export async function readImported(clickhouse: ClickHouse, profiles: readonly string[]): Promise<string[]> {
  const found = await clickhouse.query({
    query: `select distinct event_id from events where profile_id in {profiles:Array(UUID)} and lane = ${lanes.bulk}`,
    query_params: { profiles: [...profiles] },
    format: 'JSONEachRow',
  })
  return (await found.json<{ event_id: string }>()).map(({ event_id }) => event_id)
}

/**
 * Deletes what ClickHouse holds of these profiles, in every table that names a profile, and waits until it is done.
 * @returns rows deleted, by table
 * @throws Error when rows are still there afterwards
 */
export async function eraseHistory(
  clickhouse: ClickHouse,
  database: string,
  cluster: Cluster,
  profiles: readonly string[],
): Promise<Counts> {
  const ask = async <Row>(query: string, query_params: Record<string, unknown>): Promise<Row[]> =>
    (await clickhouse.query({ query, query_params, format: 'JSONEachRow' })).json<Row>()
  const tables = await ask<{ table: string; columns: string[] }>(
    `select c.table as table, groupArray(c.name) as columns from system.columns c join system.tables t on t.database = c.database and t.name = c.table
     where c.database = {database:String} and c.name in {columns:Array(String)} and t.engine like '%MergeTree%' group by c.table order by c.table`,
    { database, columns: COLUMNS },
  )
  const counts: Record<string, number> = {}
  for (const { table, columns } of tables) {
    // On a cluster the rows lie in NAME_local, and NAME asks all of them.
    const name = cluster ? table.replace(/_local$/, '') : table
    const where = columns.map((column) => `${column} in {profiles:Array(UUID)}`).join(' or ')
    const count = async (): Promise<number> => {
      const [row] = await ask<{ n: string }>(`select toString(count()) as n from ${name} where ${where}`, { profiles: [...profiles] })
      return Number(row?.n ?? 0)
    }
    counts[`clickhouse ${name}`] = await count()
    // Also when nothing was counted: what a replica has not fetched yet is deleted by the same statement when it has.
    if (counts[`clickhouse ${name}`] === 0 && !cluster) continue
    await clickhouse.command({
      query: `alter table ${table}${cluster ? ` on cluster '${cluster}'` : ''} delete where ${where}`,
      query_params: { profiles: [...profiles] },
      clickhouse_settings: { mutations_sync: '2' },
    })
    const left = await count()
    if (left > 0) throw new Error(`${left} rows of ${name} are still there after they were deleted.`)
  }
  return counts
}
