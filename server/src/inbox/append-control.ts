import { lanes, shardOf, type JsonObject } from '@throughline/contracts'
import { binary, type PoolClient } from '../platform/postgres/index.ts'

export interface ControlEntry {
  /** Unique for ever: it becomes the event id. */
  readonly id: string
  readonly shard: number
  readonly profileId: string
  readonly name: string
  readonly properties: JsonObject
}

/** The profile of an entry that concerns a whole shard. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** An entry that concerns one profile. */
export function controlOf(profileId: string, id: string, name: string, properties: JsonObject): ControlEntry {
  return { id: `throughline:${id}`, shard: shardOf(profileId), profileId, name, properties }
}

/** An entry for a whole shard. */
export function controlOfShard(shard: number, id: string, name: string, properties: JsonObject): ControlEntry {
  return { id: `throughline:${id}-${shard}`, shard, profileId: NOBODY, name, properties }
}

/** Puts control entries into the live lanes of their shards, within the caller's transaction, and wakes the workers at its commit. */
export async function appendControl(client: PoolClient, entries: readonly ControlEntry[]): Promise<void> {
  if (entries.length === 0) return
  const counts = new Map<number, number>()
  const sorted = [...entries].sort((a, b) => a.shard - b.shard)
  const places = sorted.map(({ shard }) => {
    const place = counts.get(shard) ?? 0
    counts.set(shard, place + 1)
    return place
  })
  const shards = [...counts.keys()]
  // Heads are locked in ascending order, as accepting does, so that nobody waits for each other in a circle.
  await client.query('select 1 from shard_heads where lane = $1::smallint and shard = any($2::smallint[]) order by shard for update', [lanes.live, binary.int2Array(shards)])
  const { rows } = await client.query<{ shard: number; seq: number; clock: number }>(
    `update shard_heads h set seq = h.seq + c.n, clock = greatest(h.clock, (extract(epoch from clock_timestamp()) * 1000)::bigint)
     from unnest($2::smallint[], $3::bigint[]) as c (shard, n)
     where h.lane = $1::smallint and h.shard = c.shard returning h.shard, h.seq - c.n as seq, h.clock`,
    [lanes.live, binary.int2Array(shards), binary.int8Array([...counts.values()])],
  )
  const heads = new Map(rows.map((row) => [row.shard, row]))
  await client.query(
    `insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)
     select shard, $1::smallint, seq, at, profile_id, event_id, 'throughline', 'control', name, at, properties, '{}', false
     from unnest($2::smallint[], $3::bigint[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $8::text[])
       as e (shard, seq, at, profile_id, event_id, name, properties)`,
    [
      lanes.live,
      binary.int2Array(sorted.map(({ shard }) => shard)),
      binary.int8Array(sorted.map(({ shard }, index) => heads.get(shard)!.seq + places[index]! + 1)),
      binary.int8Array(sorted.map(({ shard }) => heads.get(shard)!.clock)),
      binary.uuidArray(sorted.map(({ profileId }) => profileId)),
      binary.textArray(sorted.map(({ id }) => id)),
      binary.textArray(sorted.map(({ name }) => name)),
      binary.textArray(sorted.map(({ properties }) => JSON.stringify(properties))),
    ],
  )
  await client.query(`select pg_notify('throughline_inbox', '')`)
}
