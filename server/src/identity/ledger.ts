import { binary, type Db } from '../platform/postgres/index.ts'

/**
 * The profiles that these ids lead to today: a merged profile leads to its winner, and so on to the last one.
 * An id that was never merged leads to itself.
 */
export async function resolveProfiles(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const unique = [...new Set(ids)]
  const found = new Map(unique.map((id) => [id, id]))
  if (unique.length === 0) return found
  const { rows } = await db.query<{ id: string; at: string }>({
    name: 'identity-resolve',
    text: `with recursive chain (id, at) as (
             select m.loser, m.winner from merges m where m.loser = any($1::uuid[]) and m.undone_at is null
             union all
             select c.id, m.winner from chain c join merges m on m.loser = c.at and m.undone_at is null
           )
           select id, at from chain c where not exists (select 1 from merges m where m.loser = c.at and m.undone_at is null)`,
    values: [binary.uuidArray(unique)],
  })
  for (const { id, at } of rows) found.set(id, at)
  return found
}

/** The profile that an id leads to today; see {@link resolveProfiles}. */
export async function resolveProfile(db: Db, id: string): Promise<string> {
  return (await resolveProfiles(db, [id])).get(id) ?? id
}
