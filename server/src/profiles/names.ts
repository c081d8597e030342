import type { Db } from '../platform/postgres/index.ts'

/** How journeys, segments and computed traits are called today, by `journey ID`, `segment ID` and `trait ID`. */
export async function readDefinitionNames(db: Db): Promise<Map<string, string>> {
  const { rows } = await db.query<{ kind: string; id: string; name: string }>(
    `select distinct on (kind, id) kind, id, body ->> 'name' as name from definitions where kind in ('journey', 'segment', 'trait') order by kind, id, version desc`,
  )
  return new Map(rows.map(({ kind, id, name }) => [`${kind} ${id}`, name]))
}
