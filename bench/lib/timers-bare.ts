import { binary, openPipelinedClient } from '../../server/src/platform/postgres/index.ts'
import type { World } from './pipeline-world.ts'

const BATCH = 512

/** What a change by time alone costs the database alone, until no timer is due: changes a second. */
export async function runBareTimers(world: World): Promise<number> {
  const client = await openPipelinedClient(world.pool, {
    name: 'bench bare',
    setup: ['set enable_hashjoin = off', 'set enable_mergejoin = off', 'set enable_seqscan = off'],
  })
  const shards = Array.from({ length: 64 }, (_, shard) => shard)
  const began = performance.now()
  let done = 0
  for (;;) {
    const { rows } = await client.query<{ shard: number; profile_id: string; due_at: number }>({
      name: 'bare-timers',
      text: `select t.* from unnest($1::smallint[]) as s (shard) cross join lateral (
        select x.shard, x.profile_id, x.due_at from timers x where x.shard = s.shard and x.due_at < $2::bigint order by x.due_at limit ${BATCH / 64}) t`,
      values: [binary.int2Array(shards), Date.now()],
    })
    if (rows.length === 0) break
    const keys = [binary.int2Array(rows.map((row) => row.shard)), binary.uuidArray(rows.map((row) => row.profile_id))]
    const people = await client.query<{ shard: number; id: string; traits: Buffer; state: Buffer }>({
      name: 'bare-people',
      text: 'select p.* from unnest($1::smallint[], $2::uuid[]) as k (shard, id) join profiles p on p.shard = k.shard and p.id = k.id',
      values: keys,
    })
    await Promise.all([
      client.query('begin'),
      client.query({
        name: 'bare-write',
        text: 'update profiles p set state = v.state from unnest($1::smallint[], $2::uuid[], $3::bytea[]) as v (shard, id, state) where p.shard = v.shard and p.id = v.id',
        values: [
          binary.int2Array(people.rows.map((row) => row.shard)),
          binary.uuidArray(people.rows.map((row) => row.id)),
          binary.byteaArray(people.rows.map((row) => row.state)),
        ],
      }),
      client.query({
        name: 'bare-untimed',
        text: 'delete from timers t using unnest($1::smallint[], $2::uuid[]) as k (shard, id) where t.shard = k.shard and t.profile_id = k.id',
        values: keys,
      }),
      client.query({
        name: 'bare-facts',
        text: `insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)
          select k.shard, 2, $4::bigint + row_number() over (), (extract(epoch from clock_timestamp()) * 1000)::bigint, k.id, 'bench:' || k.id, 'throughline', 'fact', 'Segment Left', k.at,
            '{"segment":"lately"}', '{}', false from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k (shard, id, at)`,
        values: [...keys, binary.int8Array(rows.map((row) => row.due_at)), done],
      }),
      client.query('commit'),
    ])
    done += rows.length
  }
  const perSecond = (done / (performance.now() - began)) * 1_000
  await client.close()
  return perSecond
}
