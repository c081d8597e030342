import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Range } from './rows.ts'

interface Override {
  readonly loser: string
  readonly winner: string
  readonly version: string
}

// Profiles of which a merge began or ended within the ranges, and all that stand in them, with where each stands today.
const CHANGED = standingOf(`
  select distinct i.profile_id from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as r (shard, low, high)
  join inbox i on i.shard = r.shard and i.lane = 0 and i.seq between r.low and r.high
  where i.type = 'control' and i.name in ('merge-out', 'unmerge')`)

// The same of everybody who was ever merged.
const ALL = standingOf('select loser from merges')

function standingOf(touched: string): string {
  return `with recursive touched (id) as (${touched}
), members (id) as (
  select id from touched
  union
  select m.loser from members k join merges m on m.winner = k.id
), chain (id, at) as (
  select id, id from members
  union all
  select c.id, m.winner from chain c join merges m on m.loser = c.at and m.undone_at is null
)
select id::text as loser, at::text as winner, (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as version from chain c
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
