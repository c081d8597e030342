import { binary, openPipelinedClient } from '../../server/src/platform/postgres/index.ts'
import type { World } from './pipeline-world.ts'

const BATCH = 512

/**
 * What handling events costs the database alone: reads inbox rows of all shards and the rows of their people, writes those
 * rows back as they were, moves the cursors, commits; over and over. Cursors are put back at the end.
 * @returns events a second
 */
export async function runBarePipeline(world: World, events: number): Promise<number> {
  const client = await openPipelinedClient(world.pool, {
    name: 'bench bare',
    setup: ['set enable_hashjoin = off', 'set enable_mergejoin = off', 'set enable_seqscan = off'],
  })
  const shards = Array.from({ length: 64 }, (_, shard) => shard)
  const { rows: start } = await client.query<{ shard: number; live_seq: number }>('select shard, live_seq from shards order by shard')
  const cursors = start.map((row) => row.live_seq)
  const began = performance.now()
  let done = 0
  while (done < events) {
    const { rows } = await client.query<{ shard: number; seq: number; profile_id: string }>({
      name: 'bare-entries',
      text: `select i.* from unnest($1::smallint[], $2::bigint[]) as s (shard, seq) cross join lateral (
        select * from inbox e where e.shard = s.shard and e.lane = 0 and e.seq > s.seq order by e.seq limit ${BATCH / 64}) i`,
      values: [binary.int2Array(shards), binary.int8Array(cursors)],
    })
    if (rows.length === 0) break
    for (const row of rows) cursors[row.shard] = row.seq
    const unique = [...new Map(rows.map((row) => [row.profile_id, row])).values()]
    const keys = [binary.int2Array(unique.map((row) => row.shard)), binary.uuidArray(unique.map((row) => row.profile_id))]
    const people = await client.query<{ shard: number; id: string; traits: Buffer; state: Buffer; created_at: number }>({
      name: 'bare-people',
      text: 'select p.* from unnest($1::smallint[], $2::uuid[]) as k (shard, id) join profiles p on p.shard = k.shard and p.id = k.id',
      values: keys,
    })
    await Promise.all([
      client.query('begin'),
      client.query({
        name: 'bare-cursors',
        text: 'update shards s set live_seq = c.seq from unnest($1::smallint[], $2::bigint[]) as c (shard, seq) where s.shard = c.shard',
        values: [binary.int2Array(shards), binary.int8Array(cursors)],
      }),
      client.query({
        name: 'bare-write',
        text: 'update profiles p set traits = v.traits, state = v.state from unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[]) as v (shard, id, traits, state) where p.shard = v.shard and p.id = v.id',
        values: [
          binary.int2Array(people.rows.map((row) => row.shard)),
          binary.uuidArray(people.rows.map((row) => row.id)),
          binary.byteaArray(people.rows.map((row) => row.traits)),
          binary.byteaArray(people.rows.map((row) => row.state)),
        ],
      }),
      client.query('commit'),
    ])
    done += rows.length
  }
  const perSecond = (done / (performance.now() - began)) * 1_000
  await client.query({
    text: 'update shards s set live_seq = c.seq from unnest($1::smallint[], $2::bigint[]) as c (shard, seq) where s.shard = c.shard',
    values: [binary.int2Array(shards), binary.int8Array(start.map((row) => row.live_seq))],
  })
  await client.close()
  return perSecond
}
