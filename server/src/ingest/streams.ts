import { shardOf, type Lane } from '@throughline/contracts'
import { binary, type PoolClient } from '../platform/postgres/index.ts'

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

interface Head {
  readonly shard: number
  readonly lane: number
  readonly base: number
  readonly clock: number
}

const { boolArray, int2Array, int4Array, int8Array, textArray, uuidArray } = binary

/**
 * Appends entries to their streams, in the order given, inside the caller's transaction, and numbers them. Call it as
 * the last step before the commit: the heads of the streams stay locked until then.
 * @returns the shards that have something new
 */
export async function appendEntries(client: PoolClient, entries: readonly Entry[]): Promise<Set<number>> {
  const counts = new Map<number, number>()
  const streams = entries.map(({ profileId, lane }) => shardOf(profileId) * 4 + lane)
  for (const stream of streams) counts.set(stream, (counts.get(stream) ?? 0) + 1)
  const heads = await moveHeads(client, counts)

  const used = new Map<number, number>()
  const seqs = streams.map((stream) => {
    const next = (used.get(stream) ?? 0) + 1
    used.set(stream, next)
    return heads.get(stream)!.base + next
  })
  const clocks = streams.map((stream) => heads.get(stream)!.clock)
  await client.query({
    name: 'accept-append',
    text: `insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)
           select * from unnest($1::int2[], $2::int2[], $3::int8[], $4::int8[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                                $9::text[], $10::int8[], $11::text[], $12::text[], $13::bool[])`,
    values: [
      int2Array(streams.map((stream) => stream >> 2)),
      int2Array(streams.map((stream) => stream & 3)),
      int8Array(seqs),
      int8Array(clocks),
      uuidArray(entries.map(({ profileId }) => profileId)),
      textArray(entries.map(({ eventId }) => eventId)),
      textArray(entries.map(({ source }) => source)),
      textArray(entries.map(({ type }) => type)),
      textArray(entries.map(({ name }) => name)),
      int8Array(entries.map(({ timestamp }, index) => Math.min(timestamp, clocks[index]!))),
      textArray(entries.map(({ properties }) => properties)),
      textArray(entries.map(({ context, timestamp }, index) => (timestamp > clocks[index]! ? withOriginal(context, timestamp) : context))),
      boolArray(entries.map(({ triggers }) => triggers)),
    ],
  })
  return new Set([...counts.keys()].map((stream) => stream >> 2))
}

/** Keeps the time of an event that says it is from the future; it counts as happening when it was received. */
function withOriginal(context: string, timestamp: number): string {
  const field = `"original_timestamp":${timestamp}`
  return context === '{}' ? `{${field}}` : `{${field},${context.slice(1)}`
}

async function moveHeads(client: PoolClient, counts: ReadonlyMap<number, number>): Promise<Map<number, Head>> {
  const streams = [...counts.keys()]
  // The rows are locked in ascending order first, so that two servers never wait for each other. Number and clock move
  // under that lock: what commits later in a stream has the larger number and no earlier time.
  const { rows } = await client.query<{ shard: number; lane: number; base: number; clock: number }>({
    name: 'accept-heads',
    text: `with counts as materialized (
             select * from unnest($1::int2[], $2::int2[], $3::int4[]) as c (shard, lane, n)
           ), locked as materialized (
             select h.shard, h.lane from shard_heads h
             where (h.shard, h.lane) in (select shard, lane from counts)
             order by h.shard, h.lane for update
           )
           update shard_heads h
           set seq = h.seq + c.n, clock = greatest(h.clock, (extract(epoch from clock_timestamp()) * 1000)::int8)
           from locked l join counts c on c.shard = l.shard and c.lane = l.lane
           where h.shard = l.shard and h.lane = l.lane
           returning h.shard, h.lane, h.seq - c.n as base, h.clock`,
    values: [
      int2Array(streams.map((stream) => stream >> 2)),
      int2Array(streams.map((stream) => stream & 3)),
      int4Array([...counts.values()]),
    ],
  })
  return new Map(rows.map((head) => [head.shard * 4 + head.lane, head]))
}
