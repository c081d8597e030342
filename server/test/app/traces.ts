import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from './start-app.ts'

/**
 * Where a text stands in the stores: every row of every table of PostgreSQL as text (bytes as hex, in which UTF-8 texts are
 * found too), every row of every table of ClickHouse, and every file of the archive. Answers the places, each once.
 */
export async function findTraces(place: Place, text: string): Promise<string[]> {
  const found: string[] = []
  const hex = Buffer.from(text).toString('hex')
  const { rows: tables } = await place.database.pool.query<{ name: string }>(
    `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'`,
  )
  for (const { name } of tables) {
    const { rows } = await place.database.pool.query<{ n: number }>(
      `select count(*) as n from ${name} t where strpos(lower(t::text), lower($1::text)) > 0 or strpos(t::text, $2::text) > 0`,
      [text, hex],
    )
    if (rows[0]!.n > 0) found.push(name)
  }
  const { client, database } = place.clickhouse
  const ask = async <Row>(query: string): Promise<Row[]> =>
    (await client.query({ query, query_params: { database, text }, format: 'JSONEachRow' })).json<Row>()
  for (const { name } of await ask<{ name: string }>(
    `select name from system.tables where database = {database:String} and engine like '%MergeTree%'`,
  )) {
    const [row] = await ask<{ n: string }>(
      `select toString(count()) as n from ${name} where positionCaseInsensitive(toString(tuple(*)), {text:String}) > 0`,
    )
    if (row?.n !== '0') found.push(`clickhouse ${name}`)
  }
  const folder = join(place.dataDir, 'archive')
  for (const name of await readdir(folder).catch(() => []))
    if ((await readFile(join(folder, name), 'latin1')).toLowerCase().includes(text.toLowerCase())) found.push(`archive ${name}`)
  return found.sort()
}
