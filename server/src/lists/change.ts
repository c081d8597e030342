import { shardOf } from '@throughline/contracts'
import { binary, type Db } from '../platform/postgres/index.ts'
import type { ListWord } from './list-event.ts'

/** A word about one person's membership; `at` is epoch ms. */
export interface ListChange extends ListWord {
  readonly profileId: string
  readonly at: number
}

const keyOf = (list: string, person: string): string => `${person} ${list}`

// By person, the index that holds every row of somebody: a handful.
const CURRENT = `
select m.list_id, m.person, m.profile_id, m.member from unnest($1::text[], $2::uuid[]) as k (list_id, person)
join list_members m on m.person = k.person and m.list_id = k.list_id and m.current`

const DEMOTE = `
update list_members m set current = false from unnest($1::text[], $2::uuid[]) as k (list_id, person)
where m.person = k.person and m.list_id = k.list_id and m.current and m.profile_id <> k.person`

const WRITE = `
insert into list_members (shard, list_id, profile_id, person, member, current, at)
select k.shard, k.list_id, k.person, k.person, k.member, true, k.at
from unnest($1::int2[], $2::text[], $3::uuid[], $4::text[], $5::int8[]) as r (shard, list_id, person, word, at)
cross join lateral (select r.shard, r.list_id, r.person, r.word = 'joined' as member, r.at) k
on conflict (shard, list_id, profile_id) do update set member = excluded.member, current = true, at = excluded.at`

/**
 * Writes memberships in the transaction that accepts the events which say them. The caller holds the profiles, so that
 * nobody merges them or writes the same meanwhile.
 * @param changes of profiles that are nobody's losers, in the order of their events
 * @returns for each whether it changed anything
 */
export async function applyListChanges(client: Db, changes: readonly ListChange[]): Promise<boolean[]> {
  const keys = [...new Map(changes.map((change) => [keyOf(change.list, change.profileId), change])).values()]
  const { rows } = await client.query<{ list_id: string; person: string; profile_id: string; member: boolean }>({
    name: 'lists-current',
    text: CURRENT,
    values: [binary.textArray(keys.map(({ list }) => list)), binary.uuidArray(keys.map(({ profileId }) => profileId))],
  })
  const members = new Map(rows.map((row) => [keyOf(row.list_id, row.person), row.member]))
  const last = new Map<string, ListChange>()
  const changed = changes.map((change) => {
    const key = keyOf(change.list, change.profileId)
    if ((members.get(key) ?? false) === change.joined) return false
    members.set(key, change.joined)
    last.set(key, change)
    return true
  })
  const inherited = rows.filter((row) => row.profile_id !== row.person && last.has(keyOf(row.list_id, row.person)))
  if (inherited.length > 0) await client.query(DEMOTE, [inherited.map(({ list_id }) => list_id), inherited.map(({ person }) => person)])
  const writes = [...last.values()].sort((a, b) => shardOf(a.profileId) - shardOf(b.profileId) || compare(a, b))
  if (writes.length > 0)
    await client.query({
      name: 'lists-write',
      text: WRITE,
      values: [
        binary.int2Array(writes.map(({ profileId }) => shardOf(profileId))),
        binary.textArray(writes.map(({ list }) => list)),
        binary.uuidArray(writes.map(({ profileId }) => profileId)),
        binary.textArray(writes.map(({ joined }) => (joined ? 'joined' : 'left'))),
        binary.int8Array(writes.map(({ at }) => at)),
      ],
    })
  return changed
}

function compare(a: ListChange, b: ListChange): number {
  const [left, right] = [keyOf(a.list, a.profileId), keyOf(b.list, b.profileId)]
  return left < right ? -1 : left > right ? 1 : 0
}
