import type { Db } from '../platform/postgres/index.ts'

/**
 * The instant, epoch ms, up to which history has reached ClickHouse: now, or when the oldest row was received that is not exported yet.
 * A stream's rows are numbered without gaps, so the row behind the cursor is the oldest.
 */
export async function readUpTo(db: Db): Promise<number> {
  const { rows } = await db.query<{ at: number }>({
    name: 'segments-up-to',
    text: `with behind as (
       select c.shard, c.lane, c.seq + 1 as seq from export_cursors c
       join shards s on s.shard = c.shard left join shard_heads h on h.shard = c.shard and h.lane = c.lane
       where case c.lane when 2 then s.derived_seq else h.seq end > c.seq
     )
     select coalesce((select min(i.received_at) - 1 from behind b join inbox i on i.shard = b.shard and i.lane = b.lane and i.seq = b.seq),
       (extract(epoch from clock_timestamp()) * 1000)::bigint) as at`,
  })
  return rows[0]!.at
}
