import { resolveProfiles } from '../identity/index.ts'
import { binary, type Db } from '../platform/postgres/index.ts'

interface Touched {
  [column: string]: unknown
  readonly list_id: string
  readonly person: string
}

// Of the rows of one person and list the latest word holds, as it does where the events are read one after the other.
const CHOOSE = `
update list_members m set current = (m.profile_id = l.profile_id)
from (
  select distinct on (k.list_id, k.person) k.list_id, k.person, r.profile_id
  from unnest($1::text[], $2::uuid[]) as k (list_id, person)
  join list_members r on r.person = k.person and r.list_id = k.list_id
  order by k.list_id, k.person, r.at desc, r.profile_id
) l
where m.person = l.person and m.list_id = l.list_id and m.current <> (m.profile_id = l.profile_id)`

/** Gives the survivors what was said of those who were merged into them, in the transaction of the merges. */
export async function mergeMemberships(client: Db, merges: readonly { readonly loser: string; readonly winner: string }[]): Promise<void> {
  if (merges.length === 0) return
  const next = new Map(merges.map(({ loser, winner }) => [loser, winner]))
  const endOf = (id: string): string => {
    const winner = next.get(id)
    return winner === undefined ? id : endOf(winner)
  }
  await moveRows(
    client,
    merges.map(({ loser }) => ({ from: loser, to: endOf(loser) })),
  )
}

async function moveRows(client: Db, moves: readonly { from: string; to: string }[]): Promise<void> {
  const { rows } = await client.query<Touched>(
    `update list_members m set person = e.winner, current = false
     from unnest($1::uuid[], $2::uuid[]) as e (loser, winner) where m.person = e.loser returning m.list_id, m.person`,
    [binary.uuidArray(moves.map(({ from }) => from)), binary.uuidArray(moves.map(({ to }) => to))],
  )
  await choose(client, rows)
}

async function choose(client: Db, rows: readonly Touched[]): Promise<void> {
  if (rows.length > 0) await client.query(CHOOSE, [rows.map(({ list_id }) => list_id), rows.map(({ person }) => person)])
}

/**
 * Takes memberships back from a survivor after a merge was undone in this transaction: every profile has what was said of it
 * again, what was said of the survivor since stays there.
 */
export async function unmergeMemberships(client: Db, survivor: string): Promise<void> {
  const { rows } = await client.query<{ profile_id: string; list_id: string }>(
    'select profile_id, list_id from list_members where person = $1::uuid and profile_id <> $1::uuid',
    [survivor],
  )
  if (rows.length === 0) return
  const roots = await resolveProfiles(
    client,
    rows.map(({ profile_id }) => profile_id),
  )
  const gone = [...roots].filter(([, root]) => root !== survivor)
  const moved = await client.query<Touched>(
    `update list_members m set person = e.root, current = false
     from unnest($1::uuid[], $2::uuid[]) as e (id, root) where m.profile_id = e.id and m.person = $3::uuid returning m.list_id, m.person`,
    [binary.uuidArray(gone.map(([id]) => id)), binary.uuidArray(gone.map(([, root]) => root)), survivor],
  )
  await choose(client, [...moved.rows, ...moved.rows.map(({ list_id }) => ({ list_id, person: survivor }))])
}
