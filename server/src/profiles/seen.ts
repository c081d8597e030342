import { callTypes, shardOf } from '@throughline/contracts'
import { binary, type Db } from '../platform/postgres/index.ts'
import type { History, Seen } from './history.ts'

/** When people first and last did something, by id; whoever did nothing is not in it. */
export type ReadSeen = (ids: readonly string[]) => Promise<ReadonlyMap<string, Seen>>

/**
 * Puts together what ClickHouse has and what is not exported yet. The ids are those that people go by today; what they did
 * under an id that was merged into theirs counts for them.
 */
export function makeReadSeen(db: Db, history: History): ReadSeen {
  return async (ids) => {
    if (ids.length === 0) return new Map()
    const owners = await loadFormerIds(db, ids)
    const all = [...owners.keys()]
    const [exported, pending] = await Promise.all([history.seen(all), seenPending(db, all)])
    const seen = new Map<string, Seen>()
    for (const found of [exported ?? new Map<string, Seen>(), pending]) {
      for (const [id, { first, last }] of found) {
        const owner = owners.get(id) ?? id
        const before = seen.get(owner) ?? { first, last }
        seen.set(owner, { first: Math.min(first, before.first), last: Math.max(last, before.last) })
      }
    }
    return seen
  }
}

/** The ids themselves and all that were merged into them, each with the one that it leads to today. */
export async function loadFormerIds(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; owner: string }>(
    `with recursive former (id, owner) as (
       select id, id from unnest($1::uuid[]) as w (id)
       union
       select m.loser, f.owner from former f join merges m on m.winner = f.id and m.undone_at is null
     )
     select id, owner from former`,
    [binary.uuidArray([...new Set(ids)])],
  )
  return new Map(rows.map(({ id, owner }) => [id, owner]))
}

async function seenPending(db: Db, ids: readonly string[]): Promise<Map<string, Seen>> {
  // Above the export's cursors only: some seconds of events while all is well.
  const { rows } = await db.query<{ id: string; first: number; last: number }>(
    `select i.profile_id as id, min(i.occurred_at)::bigint as first, max(i.occurred_at)::bigint as last from export_cursors c
     join inbox i on i.shard = c.shard and i.lane = c.lane and i.seq > c.seq
     where c.lane < 2 and c.shard = any($1::smallint[]) and i.profile_id = any($2::uuid[]) and i.type = any($3::text[]) and not i.forwarded
     group by i.profile_id`,
    [binary.int2Array([...new Set(ids.map(shardOf))]), binary.uuidArray(ids), binary.textArray([...callTypes])],
  )
  return new Map(rows.map(({ id, first, last }) => [id, { first, last }]))
}
