import { setTimeout as sleep } from 'node:timers/promises'
import { definitionSchema } from '../../contracts/src/index.ts'
import type { World } from './pipeline-world.ts'

/** Puts segments in force under this epoch, and tells every shard. */
export async function publishSegments(
  world: World,
  epoch: number,
  segments: readonly { readonly id: string; readonly where: object }[],
): Promise<void> {
  for (const { id, where } of segments) {
    const body = definitionSchema.parse({ kind: 'segment', id, name: id, where })
    await world.pool.query(
      `insert into definitions (kind, id, version, epoch, body, published_by) values ('segment', $1, 1, $2, $3, 'bench')`,
      [id, epoch, JSON.stringify(body)],
    )
  }
  await world.pool.query('update workspace set definitions_epoch = $1', [epoch])
  await world.pool.query(
    `with heads as (
       update shard_heads set seq = seq + 1, clock = greatest(clock, (extract(epoch from clock_timestamp()) * 1000)::bigint) where lane = 0 returning shard, seq, clock
     )
     insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)
     select shard, 0, seq, clock, ('00000000-0000-0000-0000-0000000000' || lpad(to_hex(shard::int), 2, '0'))::uuid, 'throughline:published:' || $1::int || ':' || shard,
       'throughline', 'control', 'definitions-published', clock, $2::text, '{}', false from heads`,
    [epoch, JSON.stringify({ epoch })],
  )
}

/** Waits until everybody has been decided by what was published under this epoch; answers the milliseconds since `began`. */
export async function untilDecided(world: World, epoch: number, began: number, limitMs: number): Promise<number> {
  for (;;) {
    await sleep(100)
    const { rows } = await world.pool.query<{ shards: number; open: number; behind: number }>(
      `select (select count(*) from shards where definitions_epoch < $1) as shards,
         (select count(distinct shard) from leaf_fills where status <> 'done') as open,
         (select coalesce(sum(h.seq - s.bulk_seq), 0) from shards s join shard_heads h on h.shard = s.shard and h.lane = 1)::bigint as behind`,
      [epoch],
    )
    const { shards, open, behind } = rows[0]!
    const ms = performance.now() - began
    if (shards + open + behind === 0) return ms
    if (ms > limitMs)
      throw new Error(`After ${Math.round(ms / 1_000)} s ${shards + open} shards are not filled, and ${behind} entries of bulk wait.`)
  }
}

/** Live events, one each time, of people of the world, until `stop`: how long after its commit each had been taken, ms. */
export function probe(world: World, ids: readonly string[], everyMs: number): { stop(): Promise<{ p50: number; p99: number; n: number }> } {
  const taken: number[] = []
  let stopping = false
  let n = 0
  const running = (async () => {
    while (!stopping) {
      const id = ids[n % ids.length]!
      const shard = parseInt(id.slice(-2), 16) & 63
      const { rows } = await world.pool.query<{ seq: number }>(
        `with head as (
           update shard_heads set seq = seq + 1, clock = greatest(clock, (extract(epoch from clock_timestamp()) * 1000)::bigint) where shard = $1::smallint and lane = 0 returning seq, clock
         )
         insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)
         select $1, 0, seq, clock, $2::uuid, 'bench:' || $3::text, 'bench', 'track', 'Product Viewed', clock, '{"category":"hats","price":12}', '{}', true from head
         returning seq`,
        [shard, id, `${Date.now()}-${n++}`],
      )
      await world.pool.query(`select pg_notify('throughline_inbox', '')`)
      const began = performance.now()
      for (;;) {
        const { rowCount } = await world.pool.query('select 1 from shards where shard = $1::smallint and live_seq >= $2::bigint', [
          shard,
          rows[0]!.seq,
        ])
        if (rowCount === 1) break
        await sleep(5)
      }
      taken.push(performance.now() - began)
      await sleep(everyMs)
    }
  })()
  return {
    async stop() {
      stopping = true
      await running
      taken.sort((a, b) => a - b)
      const at = (share: number): number => Math.round(taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0)
      return { p50: at(0.5), p99: at(0.99), n: taken.length }
    },
  }
}

/** Writes so many rows of who is in what since when, with their key, and nothing else; ms. */
export async function writeBareMembers(world: World, members: number): Promise<number> {
  await world.pool.query(
    'create table bench_members (shard smallint, profile_id uuid, segment text, since bigint, primary key (shard, profile_id, segment))',
  )
  const began = performance.now()
  for (let from = 0; from < members; from += 10_000)
    await world.pool.query(
      `insert into bench_members select ((n % 256) & 63)::smallint, ('0190' || lpad(to_hex(n), 28, '0'))::uuid, 'bench', $3::bigint from generate_series($1::int, $2::int - 1) n`,
      [from, Math.min(members, from + 10_000), Date.now()],
    )
  const ms = performance.now() - began
  await world.pool.query('drop table bench_members')
  return ms
}
