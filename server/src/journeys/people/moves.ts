import { shardCount, type JourneyMove } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'

const MOST = 20

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
