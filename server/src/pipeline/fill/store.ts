import { shardOf, type JsonObject } from '@throughline/contracts'
import { binary, type Db, type PoolClient } from '../../platform/postgres/index.ts'
import type { Append } from '../advance/batch.ts'
import { appendEntries } from '../append.ts'

/** How far the pipeline has come in each shard, by its number. */
export interface Bounds {
  /** What has been taken of the two lanes; of the derived one, everything has been heard. */
  readonly live: readonly number[]
  readonly bulk: readonly number[]
  readonly derived: readonly number[]
  /** Where the lanes end: what was sent on to another shard up to the bounds is below. */
  readonly heads: { readonly live: readonly number[]; readonly bulk: readonly number[] }
  /** The publication that every shard has come to. */
  readonly epoch: number
}

export async function readBounds(db: Db): Promise<Bounds> {
  const { rows } = await db.query<{
    live: number[]
    bulk: number[]
    derived: number[]
    live_heads: number[]
    bulk_heads: number[]
    epoch: number
  }>(
    `select jsonb_agg(s.live_seq order by s.shard) as live, jsonb_agg(s.bulk_seq order by s.shard) as bulk, jsonb_agg(s.derived_seq order by s.shard) as derived,
       jsonb_agg(l.seq order by s.shard) as live_heads, jsonb_agg(b.seq order by s.shard) as bulk_heads, min(s.definitions_epoch) as epoch
     from shards s join shard_heads l on l.shard = s.shard and l.lane = 0 join shard_heads b on b.shard = s.shard and b.lane = 1`,
  )
  const { live_heads: live, bulk_heads: bulk, ...rest } = rows[0]!
  return { ...rest, heads: { live, bulk } }
}

/** Whether everything up to the bounds stands in ClickHouse. */
export async function isExported(db: Db, { live, bulk, derived }: Pick<Bounds, 'live' | 'bulk' | 'derived'>): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from export_cursors c
     where c.seq < (case c.lane when 0 then $1::bigint[] when 1 then $2::bigint[] else $3::bigint[] end)[c.shard + 1] limit 1`,
    [live, bulk, derived].map((seqs) => binary.int8Array(seqs)),
  )
  return rowCount === 0
}

/**
 * Whoever stands in these shards and had others merged into them, with the ids of those. One who is to be merged, and whose worker
 * has not come to it, is still somebody of their own.
 */
export async function readMembers(db: Db, shards: readonly number[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await db.query<{ root: string; ids: string[] }>(
    `with recursive members (root, id) as (
       select m.winner, m.loser from merges m join profiles l on l.shard = (get_byte(uuid_send(m.loser), 15) & 63)::smallint and l.id = m.loser
       where m.undone_at is null and (get_byte(uuid_send(m.winner), 15) & 63) = any ($1::int[]) and l.merged_into = m.winner
       union
       select c.root, m.loser from members c join merges m on m.winner = c.id and m.undone_at is null
         join profiles l on l.shard = (get_byte(uuid_send(m.loser), 15) & 63)::smallint and l.id = m.loser and l.merged_into = m.winner
     )
     select root, jsonb_agg(id) as ids from members group by root`,
    [binary.int4Array(shards)],
  )
  return new Map(rows.map(({ root, ids }) => [root, ids]))
}

/** Whether anybody of a shard is in one of these segments. */
export async function hasMembers(db: Db, shard: number, segments: readonly string[]): Promise<boolean> {
  const { rowCount } = await db.query(
    'select 1 from segment_counts where shard = $1::smallint and segment_id = any ($2::text[]) and n > 0 limit 1',
    [shard, binary.textArray(segments)],
  )
  return rowCount === 1
}

export interface RefoldTask {
  readonly profileId: string
  readonly createdAt: number
  /** The profile and all that stand in it today, with since when: what was told of them before was told of somebody else. */
  readonly members: readonly { readonly id: string; readonly mergedAt: number }[]
  /** Where the shard's streams were when it was asked: tells the request from later ones. */
  readonly live: number
  readonly bulk: number
}

export async function readRefoldTasks(db: Db, limit: number): Promise<RefoldTask[]> {
  const { rows } = await db.query<{
    id: string
    created_at: number
    members: { id: string; mergedAt: number }[]
    live: number
    bulk: number
  }>({
    // Asked several times a second, mostly for nothing: planning it cost more than running it.
    name: 'refolds-due',
    text: `with recursive due as (select shard, profile_id, live_seq, bulk_seq from profile_refolds order by shard, profile_id limit $1::int),
     chain (root, id, merged_at) as (
       select profile_id, profile_id, 0::bigint from due
       union
       select c.root, m.loser,
         greatest(c.merged_at, coalesce(
           (select p.merged_at from profiles p where p.shard = (get_byte(uuid_send(m.loser), 15) & 63)::smallint and p.id = m.loser), m.at))
       from chain c join merges m on m.winner = c.id and m.undone_at is null
     )
     select d.profile_id as id, coalesce(p.created_at, 0) as created_at, (select jsonb_agg(jsonb_build_object('id', c.id, 'mergedAt', c.merged_at)) from chain c where c.root = d.profile_id) as members,
       d.live_seq as live, d.bulk_seq as bulk
     from due d left join profiles p on p.shard = d.shard and p.id = d.profile_id`,
    values: [limit],
  })
  return rows.map(({ id, created_at: createdAt, ...rest }) => ({ profileId: id, createdAt, ...rest }))
}

/** How far the streams of these shards reach now, and how far they are exported. */
export async function readReach(db: Db, shards: readonly number[]): Promise<{ key: string; head: number; exported: number }[]> {
  const { rows } = await db.query<{ shard: number; lane: number; seq: number; head: number }>(
    `select c.shard, c.lane, c.seq, case c.lane when 2 then s.derived_seq else h.seq end as head
     from export_cursors c join shards s on s.shard = c.shard left join shard_heads h on h.shard = c.shard and h.lane = c.lane
     where c.shard = any ($1::smallint[])`,
    [binary.int2Array(shards)],
  )
  return rows.map((row) => ({ key: `${row.shard} ${row.lane}`, head: row.head, exported: row.seq }))
}

/** An entry of a profile's bulk lane that hands it what was folded. */
export function adoptEntry(profileId: string, id: string, properties: JsonObject): Append {
  return controlEntry('adopt', profileId, `adopt:${id}`, properties)
}

/** A control entry of a profile's bulk lane. */
export function controlEntry(name: 'adopt' | 'refold', profileId: string, id: string, properties: JsonObject): Append {
  return {
    shard: shardOf(profileId),
    lane: 1,
    profileId,
    eventId: `throughline:${id}`,
    source: 'throughline',
    type: 'control',
    name,
    occurredAt: null,
    properties: JSON.stringify(properties),
    context: '{}',
    triggers: false,
    forwarded: false,
  }
}

/** Appends entries in the caller's transaction. */
export async function appendAdopts(client: PoolClient, entries: readonly Append[]): Promise<void> {
  for (const statement of collect(entries)) await client.query(statement)
}

function collect(entries: readonly Append[]): { text: string; values: unknown[] }[] {
  const statements: { text: string; values: unknown[] }[] = []
  appendEntries((_name, text, values) => void statements.push({ text, values }), entries)
  return statements
}
