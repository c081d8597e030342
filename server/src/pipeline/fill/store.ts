import { shardOf, type JsonObject } from '@throughline/contracts'
import { binary, type Db, type PoolClient } from '../../platform/postgres/index.ts'
import type { Append } from '../advance/batch.ts'
import { appendEntries } from '../append.ts'

/** Leaves of one shard that one publication brought: they are folded together. */
export interface FillTask {
  readonly shard: number
  readonly epoch: number
  readonly leaves: readonly string[]
  readonly eventNames: readonly string[]
}

/**
 * Leaves that wait for their history, once every shard knows of the publication: what a shard sends on to another from then on is
 * heard there, and what it sent on before is in its history by now.
 */
export async function readFillTasks(db: Db, limit: number): Promise<FillTask[]> {
  const { rows } = await db.query<{
    shard: number
    epoch: number
    leaves: string[]
    names: string[][]
  }>(
    `select shard, epoch, jsonb_agg(leaf) as leaves, jsonb_agg(event_names) as names
     from leaf_fills where status = 'waiting' and epoch <= (select min(definitions_epoch) from shards)
     group by 1, 2 order by epoch, shard limit $1::int`,
    [limit],
  )
  return rows.map((row) => ({
    shard: row.shard,
    epoch: row.epoch,
    leaves: row.leaves,
    eventNames: [...new Set(row.names.flat())],
  }))
}

/** Publications of which every shard knows, and every shard's history has been folded. */
export async function readFolded(db: Db): Promise<{ epoch: number; leaf: string; shards: number[] }[]> {
  const { rows } = await db.query<{ epoch: number; leaf: string; shards: number[] }>(
    `select epoch, leaf, jsonb_agg(shard) as shards from leaf_fills
     where status <> 'done' and epoch <= (select min(definitions_epoch) from shards)
     group by epoch, leaf having bool_and(status = 'folded')`,
  )
  return rows
}

export async function markFolded(client: PoolClient, task: FillTask): Promise<void> {
  await client.query(
    `update leaf_fills set status = 'folded' where shard = $1::smallint and epoch = $2::bigint and leaf = any ($3::text[]) and status = 'waiting'`,
    [task.shard, task.epoch, task.leaves],
  )
}

export interface RefoldTask {
  readonly profileId: string
  readonly createdAt: number
  /** The profile and all that stand in it today. */
  readonly members: readonly string[]
  /** Where the shard's streams were when it was asked: tells the request from later ones. */
  readonly live: number
  readonly bulk: number
}

export async function readRefoldTasks(db: Db, limit: number): Promise<RefoldTask[]> {
  const { rows } = await db.query<{ id: string; created_at: number; members: string[]; live: number; bulk: number }>(
    `with recursive due as (select shard, profile_id, live_seq, bulk_seq from profile_refolds order by shard, profile_id limit $1::int),
     chain (root, id) as (
       select profile_id, profile_id from due
       union
       select c.root, m.loser from chain c join merges m on m.winner = c.id and m.undone_at is null
     )
     select d.profile_id as id, coalesce(p.created_at, 0) as created_at, (select jsonb_agg(c.id) from chain c where c.root = d.profile_id) as members,
       d.live_seq as live, d.bulk_seq as bulk
     from due d left join profiles p on p.shard = d.shard and p.id = d.profile_id`,
    [limit],
  )
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
