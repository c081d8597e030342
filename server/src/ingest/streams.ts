import { shardOf, type Lane } from '@throughline/contracts'
import { binary, type Db, type Statement } from '../platform/postgres/index.ts'

/** A row of the inbox before it has its number. Times are epoch ms; `properties` and `context` are JSON text. */
export interface Entry {
  readonly lane: Lane
  readonly profileId: string
  readonly eventId: string
  readonly source: string
  readonly type: string
  readonly name: string
  readonly timestamp: number
  readonly properties: string
  readonly context: string
  readonly triggers: boolean
}

const { boolArray, int2Array, int4Array, int8Array, textArray, uuidArray } = binary

// The heads are locked in ascending order first, so that two servers never wait for each other. Number and clock move
// under that lock: what commits later in a stream has the larger number and no earlier time. The new heads then stand in
// two arrays in the order of $1 and $2, where each entry finds its own by its place: a join would be planned for few rows.
// An event from the future counts as happening when it was received, and keeps what it said.
const APPEND = `
with counts as materialized (
  select * from unnest($1::int2[], $2::int2[], $3::int4[]) as c (shard, lane, n)
), locked as materialized (
  select h.shard, h.lane from shard_heads h
  where (h.shard, h.lane) in (select shard, lane from counts)
  order by h.shard, h.lane for update
), moved as materialized (
  update shard_heads h
  set seq = h.seq + c.n, clock = greatest(h.clock, (extract(epoch from clock_timestamp()) * 1000)::int8)
  from locked l join counts c on c.shard = l.shard and c.lane = l.lane
  where h.shard = l.shard and h.lane = l.lane
  returning h.shard, h.lane, h.seq - c.n as base, h.clock
), heads as materialized (
  select array_agg(base order by shard, lane) as bases, array_agg(clock order by shard, lane) as clocks from moved
)
insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)
select ($1::int2[])[head], ($2::int2[])[head], (select bases from heads)[head] + place, (select clocks from heads)[head],
  profile_id, event_id, source, type, name, least(occurred_at, (select clocks from heads)[head]), properties,
  case when occurred_at <= (select clocks from heads)[head] then context
       when context = '{}' then '{"original_timestamp":' || occurred_at || '}'
       else '{"original_timestamp":' || occurred_at || ',' || substr(context, 2) end,
  triggers
from unnest($4::int2[], $5::int4[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::int8[], $12::text[], $13::text[], $14::bool[])
  as e (head, place, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)`

/** What puts entries into their streams, ready to go out. */
export interface Appending {
  /** Null when there is nothing to append. */
  readonly statement: Statement | null
  /** The shards that have something new after it. */
  readonly shards: ReadonlySet<number>
}

/**
 * Makes the statement that appends entries to their streams, in the order given, and numbers them.
 * @throws TypeError, RangeError on what no row can hold
 */
export function makeAppending(entries: readonly Entry[]): Appending {
  if (entries.length === 0) return { statement: null, shards: new Set() }
  const streams = entries.map(({ profileId, lane }) => shardOf(profileId) * 4 + lane)
  const heads = [...new Set(streams)].sort((a, b) => a - b)
  const headOf = new Map(heads.map((stream, at) => [stream, at]))
  const counts = new Array<number>(heads.length).fill(0)
  const headAt = streams.map((stream) => headOf.get(stream)!)
  const places = headAt.map((head) => ++counts[head]!)
  const statement = {
    name: 'accept-append',
    text: APPEND,
    values: [
      int2Array(heads.map((stream) => stream >> 2)),
      int2Array(heads.map((stream) => stream & 3)),
      int4Array(counts),
      int2Array(headAt.map((head) => head + 1)),
      int4Array(places),
      uuidArray(entries.map(({ profileId }) => profileId)),
      textArray(entries.map(({ eventId }) => eventId)),
      textArray(entries.map(({ source }) => source)),
      textArray(entries.map(({ type }) => type)),
      textArray(entries.map(({ name }) => name)),
      int8Array(entries.map(({ timestamp }) => timestamp)),
      textArray(entries.map(({ properties }) => properties)),
      textArray(entries.map(({ context }) => context)),
      boolArray(entries.map(({ triggers }) => triggers)),
    ],
  }
  return { statement, shards: new Set(heads.map((stream) => stream >> 2)) }
}

/** Appends inside the caller's transaction, as its last step before the commit: the heads of the streams stay locked until then. */
export async function append(client: Db, { statement }: Appending): Promise<void> {
  if (statement !== null) await client.query(statement)
}
