import { lanes } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Range } from './rows.ts'

// Heads of the accepted streams and of the derived ones. `waiting` is when the oldest row behind a cursor was received.
const STREAMS = `
select c.shard, c.lane, c.seq, case c.lane when 2 then s.derived_seq else h.seq end as head, (extract(epoch from clock_timestamp()) * 1000)::bigint as now
from export_cursors c
join shards s on s.shard = c.shard
left join shard_heads h on h.shard = c.shard and h.lane = c.lane`

/** How far before the instant at which a stream was seen caught up a row of it may have been dated; a transaction takes less. */
const SLACK_MS = 3_600_000

/** A stream without rows to export: its cursor, and the database's clock, epoch ms. */
export interface CaughtUp {
  readonly seq: number
  readonly at: number
}

export interface ExportPlan {
  readonly ranges: readonly Range[]
  /** No row of the ranges was received before, epoch ms. */
  readonly since: number
  readonly behind: number
  /** Those of them that are live. */
  readonly liveBehind: number
  readonly lagMs: number
}

/**
 * The next rows of every stream that has some, at most `rows` in all, fairly shared.
 * @param caughtUp per stream, where it was last seen without rows to export; kept by the caller
 */
export async function planRanges(db: Db, rows: number, caughtUp: Map<string, CaughtUp>): Promise<ExportPlan> {
  const { rows: streams } = await db.query<{ shard: number; lane: number; seq: number; head: number; now: number }>({
    name: 'export-streams',
    text: STREAMS,
  })
  const behind = streams.filter((stream) => stream.head > stream.seq)
  const now = streams[0]?.now ?? 0
  let since = Infinity
  let oldest = now
  let total = 0
  let live = 0
  for (const stream of streams) {
    const key = `${stream.shard} ${stream.lane}`
    if (stream.head === stream.seq) {
      caughtUp.set(key, { seq: stream.seq, at: stream.now })
      continue
    }
    const before = caughtUp.get(key)
    // A cursor that was set back tells nothing about what comes again.
    const seen = before !== undefined && before.seq <= stream.seq ? before.at : 0
    since = Math.min(since, Math.max(0, seen - SLACK_MS))
    oldest = Math.min(oldest, seen === 0 ? 0 : seen)
    total += stream.head - stream.seq
    if (stream.lane === lanes.live) live += stream.head - stream.seq
  }
  const lagMs = behind.length === 0 ? 0 : oldest === 0 ? await readLag(db, behind, now) : now - oldest
  const share = total <= rows ? Infinity : Math.max(1, Math.floor(rows / behind.length))
  const ranges = behind.map(({ shard, lane, seq, head }) => ({ shard, lane, from: seq + 1, to: Math.min(head, seq + share) }))
  return { ranges, since: since === Infinity ? 0 : since, behind: total, liveBehind: live, lagMs }
}

async function readLag(db: Db, behind: readonly { shard: number; lane: number; seq: number }[], now: number): Promise<number> {
  const { rows } = await db.query<{ at: number | null }>(
    `select min(i.received_at) as at from unnest($1::smallint[], $2::smallint[], $3::bigint[]) as s (shard, lane, seq) join inbox i on i.shard = s.shard and i.lane = s.lane and i.seq = s.seq + 1`,
    [behind.map((stream) => stream.shard), behind.map((stream) => stream.lane), behind.map((stream) => stream.seq)],
  )
  return rows[0]?.at == null ? 0 : Math.max(0, now - rows[0].at)
}
