import { binary } from '../platform/postgres/index.ts'
import type { Append } from './advance/batch.ts'

// Heads are locked in the same order as the acceptor locks them.
const LOCK = `
select 1 from shard_heads h join (select distinct w.shard, w.lane from unnest($1::smallint[], $2::smallint[]) as w (shard, lane)) w
  on h.shard = w.shard and h.lane = w.lane
order by h.shard, h.lane for update of h`

const APPEND = `
with wanted as (
  select * from unnest($1::smallint[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::text[], $11::bool[], $12::bool[])
    with ordinality as w (shard, lane, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers, forwarded, n)
), heads as (
  update shard_heads h set seq = h.seq + c.k, clock = greatest(h.clock, (extract(epoch from clock_timestamp()) * 1000)::bigint)
  from (select shard, lane, count(*) as k from wanted group by shard, lane) c
  where h.shard = c.shard and h.lane = c.lane
  returning h.shard, h.lane, h.seq - c.k as base, h.clock
)
insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers, forwarded)
select w.shard, w.lane, h.base + row_number() over (partition by w.shard, w.lane order by w.n), h.clock,
  w.profile_id, w.event_id, w.source, w.type, w.name, coalesce(w.occurred_at, h.clock), w.properties, w.context, w.triggers, w.forwarded
from wanted w join heads h on h.shard = w.shard and h.lane = w.lane`

/** Puts entries at the ends of their streams, in the caller's transaction, numbered and dated by the heads. */
export function appendEntries(run: (name: string, text: string, values: unknown[]) => void, entries: readonly Append[]): void {
  if (entries.length === 0) return
  const streams = [binary.int2Array(entries.map((entry) => entry.shard)), binary.int2Array(entries.map((entry) => entry.lane))]
  run('append-lock', LOCK, streams)
  const text = (pick: (entry: Append) => string): Buffer => binary.textArray(entries.map(pick))
  run('append', APPEND, [
    ...streams,
    binary.uuidArray(entries.map((entry) => entry.profileId)),
    text((entry) => entry.eventId),
    text((entry) => entry.source),
    text((entry) => entry.type),
    text((entry) => entry.name),
    binary.int8Array(entries.map((entry) => entry.occurredAt)),
    text((entry) => entry.properties),
    text((entry) => entry.context),
    binary.boolArray(entries.map((entry) => entry.triggers)),
    binary.boolArray(entries.map((entry) => entry.forwarded)),
  ])
  run('append-notify', `select pg_notify('throughline_inbox', '')`, [])
}
