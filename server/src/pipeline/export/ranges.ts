import { lanes } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Range } from './rows.ts'

// Heads of the accepted streams and of the derived ones. `waiting` is when the oldest row behind a cursor was received.
const STREAMS = `
select c.shard, c.lane, c.seq, case c.lane when 2 then s.derived_seq else h.seq end as head, (extract(epoch from clock_timestamp()) * 1000)::bigint as now
from export_cursors c
join shards s on s.shard = c.shard
left join shard_heads h on h.shard = c.shard and h.lane = c.lane`

// A walk through history, or a fold of somebody's, begins once the export has passed what was there.
const AWAITED = `select exists (select 1 from leaf_fills where status <> 'done') or exists (select 1 from profile_refolds) as awaited`

/** How far before the instant at which a stream was seen caught up a row of it may have been dated; a transaction takes less. */
const SLACK_MS = 3_600_000

/** A stream without rows to export: its cursor, and the database's clock, epoch ms. */
export interface CaughtUp {
  readonly seq: number
  readonly at: number
}

/** A batch is filled up for so long, so that a quiet shop does not make a part per event. */
const GATHER_MS = 500
/**
 * At most so long where row upon row is made, as by an import or a campaign: nobody looks at these to the second, and each part costs to
 * write and to merge again. A fill that waits for the export does not wait for that.
 */
const GATHER_FLOW_MS = 5_000
/** So much longer for each row that waits: 200 rows a second and more are a flow. */
const GATHER_PER_ROW_MS = 5
/** Fewer rows than that that are not live make no batch of their own. */
const ALONG_ROWS = 500

export interface ExportPlan {
  /** What a batch is to have now: none while it is gathered. */
  readonly ranges: readonly Range[]
  /** After how long to plan again where there are none. */
  readonly waitMs: number
  /** Streams of which the ranges have all that is there; for `caughtUp` once they are exported. */
  readonly reached: ReadonlyMap<string, CaughtUp>
  /** No row of the ranges was received before, epoch ms. */
  readonly since: number
  /** Rows that wait, with those of the ranges. */
  readonly behind: number
  readonly lagMs: number
}

interface Stream {
  readonly shard: number
  readonly lane: number
  /** Of the cursor. */
  readonly seq: number
  readonly head: number
  /** When it was last seen caught up, epoch ms; 0 where that is not known. */
  readonly seen: number
}

/**
 * The next rows of every stream that is due, at most `rows` in all, fairly shared. Live ones are not kept waiting for a flow of others, nor
 * do they tear it into small batches.
 * @param caughtUp per stream, where it was last seen without rows to export; kept by the caller
 */
export async function planRanges(db: Db, rows: number, caughtUp: Map<string, CaughtUp>): Promise<ExportPlan> {
  const { rows: found } = await db.query<{ shard: number; lane: number; seq: number; head: number; now: number }>({
    name: 'export-streams',
    text: STREAMS,
  })
  const now = found[0]?.now ?? 0
  const behind: Stream[] = []
  for (const { shard, lane, seq, head, now: at } of found) {
    const key = `${shard} ${lane}`
    if (head === seq) caughtUp.set(key, { seq, at })
    if (head <= seq) continue
    const before = caughtUp.get(key)
    // A cursor that was set back tells nothing about what comes again.
    behind.push({ shard, lane, seq, head, seen: before !== undefined && before.seq <= seq ? before.at : 0 })
  }
  const total = countRows(behind)
  const oldest = Math.min(...behind.map(({ seen }) => seen))
  const lagMs = total === 0 ? 0 : oldest === 0 ? await readLag(db, behind, now) : Math.max(0, now - oldest)
  const waiting = countRows(behind.filter(({ lane }) => lane !== lanes.live))
  let patience = Math.min(GATHER_FLOW_MS, Math.max(GATHER_MS, waiting * GATHER_PER_ROW_MS))
  if (patience > GATHER_MS && total < rows) {
    const { rows: asked } = await db.query<{ awaited: boolean }>({ name: 'export-awaited', text: AWAITED })
    if (asked[0]?.awaited) patience = GATHER_MS
  }
  const { due, waitMs } = chooseDue(behind, { rows, now, patience })
  const share = countRows(due) <= rows ? Infinity : Math.max(1, Math.floor(rows / due.length))
  const ranges = due.map(({ shard, lane, seq, head }) => ({ shard, lane, from: seq + 1, to: Math.min(head, seq + share) }))
  return {
    ranges,
    waitMs,
    reached: new Map(
      due.filter(({ head, seq }) => head <= seq + share).map(({ shard, lane, head }) => [`${shard} ${lane}`, { seq: head, at: now }]),
    ),
    since: due.length === 0 ? 0 : Math.max(0, Math.min(...due.map(({ seen }) => seen)) - SLACK_MS),
    behind: total,
    lagMs,
  }
}

function chooseDue(
  behind: readonly Stream[],
  { rows, now, patience }: { rows: number; now: number; patience: number },
): { due: readonly Stream[]; waitMs: number } {
  const live = behind.filter(({ lane }) => lane === lanes.live)
  const others = behind.filter(({ lane }) => lane !== lanes.live)
  // A stream that has nothing was seen caught up at this very moment.
  const wait = (streams: readonly Stream[], ms: number): number => Math.min(now, ...streams.map(({ seen }) => seen)) + ms - now
  const [waitLive, waitOthers] = [wait(live, GATHER_MS), wait(others, patience)]
  if (countRows(behind) >= rows || waitOthers <= 0) return { due: behind, waitMs: 0 }
  if (waitLive <= 0) return { due: countRows(others) < ALONG_ROWS ? behind : live, waitMs: 0 }
  return { due: [], waitMs: Math.min(GATHER_MS, waitLive, waitOthers) }
}

function countRows(streams: readonly Stream[]): number {
  return streams.reduce((sum, { seq, head }) => sum + head - seq, 0)
}

async function readLag(db: Db, behind: readonly { shard: number; lane: number; seq: number }[], now: number): Promise<number> {
  const { rows } = await db.query<{ at: number | null }>(
    `select min(i.received_at) as at from unnest($1::smallint[], $2::smallint[], $3::bigint[]) as s (shard, lane, seq) join inbox i on i.shard = s.shard and i.lane = s.lane and i.seq = s.seq + 1`,
    [behind.map((stream) => stream.shard), behind.map((stream) => stream.lane), behind.map((stream) => stream.seq)],
  )
  return rows[0]?.at == null ? 0 : Math.max(0, now - rows[0].at)
}
