import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Range } from './rows.ts'

interface Override {
  readonly loser: string
  readonly winner: string
  readonly version: string
  readonly merged_at: number
}

// Profiles of which a merge began or ended within the ranges, and all that stand in them, with where each stands today.
const CHANGED = standingOf(`
  select i.profile_id, max(i.received_at) filter (where i.name = 'merge-out')
  from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as r (shard, low, high)
  join inbox i on i.shard = r.shard and i.lane = 0 and i.seq between r.low and r.high
  where i.type = 'control' and i.name in ('merge-out', 'unmerge') group by 1`)

// The same of everybody who was ever merged.
const ALL = standingOf('select loser, null::bigint from merges')

// A merge is at the instant that its entry has in the loser's stream, by which the loser's worker goes too: it stands in the ranges or,
// since the worker has taken it, in the tombstone.
function standingOf(touched: string): string {
  return `with recursive touched (id, merged_at) as (${touched}
), members (id) as (
  select id from touched
  union
  select m.loser from members k join merges m on m.winner = k.id
), chain (id, at, merged_at) as (
  select id, id, 0::bigint from members
  union all
  select c.id, m.winner,
    greatest(c.merged_at, coalesce((select max(t.merged_at) from touched t where t.id = m.loser),
      (select p.merged_at from profiles p where p.shard = (get_byte(uuid_send(m.loser), 15) & 63)::smallint and p.id = m.loser), m.at))
  from chain c join merges m on m.loser = c.at and m.undone_at is null
)
select id::text as loser, at::text as winner, merged_at, (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as version from chain c
where not exists (select 1 from merges m where m.loser = c.at and m.undone_at is null)`
}

/**
 * Tells ClickHouse where the profiles stand whose merges began or ended within these ranges. What it says is what holds now,
 * so saying it twice, or late, is right too.
 */
export async function exportOverrides(db: Db, client: ClickHouse, ranges: readonly Range[]): Promise<number> {
  const live = ranges.filter((range) => range.lane === 0)
  if (live.length === 0) return 0
  const { rows } = await db.query<Override>(CHANGED, [
    live.map((range) => range.shard),
    live.map((range) => range.from),
    live.map((range) => range.to),
  ])
  return write(client, rows)
}

/** Tells ClickHouse where all profiles stand that were ever merged; for a history that was lost. Answers how many. */
export async function exportAllOverrides(db: Db, client: ClickHouse): Promise<number> {
  const { rows } = await db.query<Override>(ALL)
  return write(client, rows)
}

async function write(client: ClickHouse, rows: readonly Override[]): Promise<number> {
  if (rows.length > 0) await client.insert({ table: 'profile_override_changes', values: rows, format: 'JSONEachRow' })
  return rows.length
}
