import { binary, type Statement } from '../platform/postgres/index.ts'

/** What a journey says of one person's membership; `at` is epoch ms. */
export interface ListSaid {
  readonly shard: number
  readonly profileId: string
  readonly list: string
  readonly joined: boolean
  readonly at: number
}

// Of two words of one instant having left counts, as it does where the events are read. A list that is not there has no members.
const WRITE = `
insert into list_members as m (shard, list_id, profile_id, person, member, current, at)
select s.shard, s.list_id, s.profile_id, s.profile_id, s.member, true, s.at
from unnest($1::smallint[], $2::text[], $3::uuid[], $4::bool[], $5::bigint[]) as s (shard, list_id, profile_id, member, at)
join lists l on l.id = s.list_id
on conflict (shard, list_id, profile_id) do update set member = excluded.member, at = excluded.at
where excluded.at > m.at or (excluded.at = m.at and not excluded.member)`

// Of the rows of one person and list, those of profiles merged into them included, the latest word holds.
const CHOOSE = `
update list_members m set current = (m.profile_id = latest.profile_id)
from (
  select distinct on (r.list_id, r.person) r.list_id, r.person, r.profile_id
  from unnest($1::smallint[], $2::text[], $3::uuid[]) as s (shard, list_id, profile_id)
  join list_members o on o.shard = s.shard and o.list_id = s.list_id and o.profile_id = s.profile_id
  join list_members r on r.person = o.person and r.list_id = o.list_id
  order by r.list_id, r.person, r.at desc, r.profile_id
) latest
where m.person = latest.person and m.list_id = latest.list_id and m.current <> (m.profile_id = latest.profile_id)`

/** Statements that write memberships in the transaction of the pipeline whose facts say them, in this order. */
export function listStatements(said: readonly ListSaid[]): Statement[] {
  const latest = new Map<string, ListSaid>()
  for (const one of said) {
    const key = `${one.profileId} ${one.list}`
    const before = latest.get(key)
    if (before === undefined || one.at > before.at || (one.at === before.at && !one.joined)) latest.set(key, one)
  }
  // In the order in which the acceptor locks them.
  const rows = [...latest].sort(([a, one], [b, other]) => one.shard - other.shard || (a < b ? -1 : 1)).map(([, one]) => one)
  const keys = [
    binary.int2Array(rows.map(({ shard }) => shard)),
    binary.textArray(rows.map(({ list }) => list)),
    binary.uuidArray(rows.map(({ profileId }) => profileId)),
  ]
  return [
    {
      name: 'lists-said',
      text: WRITE,
      values: [...keys, binary.boolArray(rows.map(({ joined }) => joined)), binary.int8Array(rows.map(({ at }) => at))],
    },
    { name: 'lists-said-choose', text: CHOOSE, values: keys },
  ]
}

// What was written for a profile after it had been merged, and before its worker heard of that.
const LATE = `
with recursive chain (id, at) as (
  select m.loser, m.winner from merges m where m.loser = any($1::uuid[]) and m.undone_at is null
  union all
  select c.id, m.winner from chain c join merges m on m.loser = c.at and m.undone_at is null
)
update list_members m set person = c.at, current = false from chain c
where m.person = c.id and not exists (select from merges n where n.loser = c.at and n.undone_at is null)`

const CHOOSE_LATE = `
update list_members m set current = (m.profile_id = latest.profile_id)
from (
  select distinct on (r.list_id, r.person) r.list_id, r.person, r.profile_id
  from list_members o join list_members r on r.person = o.person and r.list_id = o.list_id
  where o.shard = any($2::smallint[]) and o.profile_id = any($1::uuid[]) and o.person <> o.profile_id
  order by r.list_id, r.person, r.at desc, r.profile_id
) latest
where m.person = latest.person and m.list_id = latest.list_id and m.current <> (m.profile_id = latest.profile_id)`

/** Statements that give survivors what was said of profiles merged into them until these became tombstones, in this order. */
export function lateListStatements(losers: readonly { readonly shard: number; readonly id: string }[]): Statement[] {
  const ids = binary.uuidArray(losers.map(({ id }) => id))
  return [
    { name: 'lists-late', text: LATE, values: [ids] },
    { name: 'lists-late-choose', text: CHOOSE_LATE, values: [ids, binary.int2Array(losers.map(({ shard }) => shard))] },
  ]
}
