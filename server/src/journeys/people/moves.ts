import { shardCount, type JourneyMove } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'

const MOST = 20
/** Moves before the latest {@link MOST} of a journey are dropped when they are older than this, ms. */
const KEPT_MS = 90 * 86_400_000

interface Row {
  [key: string]: unknown
  readonly id: string
  readonly version: number
  readonly step: string
  readonly to_version: number | null
  readonly to_step: string | null
  readonly people: number
  readonly asked_at: number
  readonly asked_by: string
  readonly moved: number
  readonly passed: number
  readonly waiting: number
}

// The keys of both tables begin with the shard, so each move is looked up shard by shard along them.
const MOVES = `
select m.*, coalesce(c.moved, 0)::bigint as moved, coalesce(c.passed, 0)::bigint as passed, coalesce(c.waiting, 0)::bigint as waiting
from (select * from journey_moves where journey_id = $1::text order by asked_at desc, id limit ${MOST}) m
cross join lateral (
  select sum((select moved from journey_move_counts k where k.shard = s.shard and k.move_id = m.id)) as moved,
    sum((select passed from journey_move_counts k where k.shard = s.shard and k.move_id = m.id)) as passed,
    sum((select count(*) from journey_move_runs r where r.shard = s.shard and r.move_id = m.id)) as waiting
  from (select n::smallint as shard from generate_series(0, ${shardCount - 1}) n) s
) c
order by m.asked_at desc, m.id`

/** The latest moves of a journey, newest first, and how far they have come. */
export async function readMoves(db: Db, journey: string): Promise<JourneyMove[]> {
  const { rows } = await db.query<Row>(MOVES, [journey])
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    step: row.step,
    to: row.to_version === null || row.to_step === null ? null : { version: row.to_version, step: row.to_step },
    people: row.people,
    waiting: row.waiting,
    moved: row.moved,
    passed: row.passed,
    askedAt: row.asked_at,
    askedBy: row.asked_by,
  }))
}

// What still waits somewhere is not over.
const DROP = `
with old as (
  select m.id from (select id, asked_at, row_number() over (partition by journey_id order by asked_at desc, id) as place from journey_moves) m
  where m.place > ${MOST} and m.asked_at < $1::bigint and not exists (
    select from generate_series(0, ${shardCount - 1}) s join journey_move_runs r on r.shard = s.s::smallint and r.move_id = m.id)
  limit $2::int
), counts as (
  delete from journey_move_counts c using generate_series(0, ${shardCount - 1}) s, old where c.shard = s.s::smallint and c.move_id = old.id
)
delete from journey_moves m using old where m.id = old.id`

/** Drops some of the moves that are over long since and shown no more. @param now epoch ms @returns whether there may be more */
export async function dropOldMoves(db: Db, now: number, atOnce = 1_000): Promise<boolean> {
  const { rowCount } = await db.query(DROP, [now - KEPT_MS, atOnce])
  return rowCount === atOnce
}
