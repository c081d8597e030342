import type { Db } from '../platform/postgres/index.ts'
import { toShardState, type ShardRow, type ShardState } from './shard-state.ts'

/** How long a lease lasts without being renewed, by the database's clock. */
export const LEASE_MS = 10_000
/** How often leases are renewed and a worker shows that it lives. */
export const RENEW_MS = 3_000
/** How often a worker that has less than its share looks for free shards. */
export const CLAIM_MS = 1_000

const NOW = `(extract(epoch from clock_timestamp()) * 1000)::bigint`

// Alive is who was seen within a lease; a row twelve leases old is a worker that was killed.
const BEAT = `
with beat as (
  insert into workers (id, started_at, seen_at, roles) values ($1::text, ${NOW}, ${NOW}, 'work')
  on conflict (id) do update set seen_at = excluded.seen_at
), swept as (
  delete from workers where seen_at < ${NOW} - ${LEASE_MS * 12}
)
select ${NOW} as now, (select count(*) from workers where roles = 'work' and id <> $1::text and seen_at > ${NOW} - ${LEASE_MS}) + 1 as workers`

const RENEW = `
update shards set lease_until = ${NOW} + ${LEASE_MS}
where worker = $1::text and shard = any ($2::smallint[])
returning shard, epoch`

const RELEASE = `
update shards set worker = null, lease_until = 0
where worker = $1::text and shard = any ($2::smallint[])`

// Rows that somebody is working with are skipped: their worker lives.
const CLAIM = `
with free as (
  select shard from shards where worker is null or lease_until < ${NOW}
  order by shard limit $2::int for update skip locked
)
update shards s set worker = $1::text, epoch = s.epoch + 1, lease_until = ${NOW} + ${LEASE_MS}, leased_at = ${NOW}
from free where s.shard = free.shard
returning s.shard`

const READ = `
select s.shard, s.epoch, s.live_seq, s.bulk_seq, s.derived_seq, s.clock, s.definitions_epoch,
  (select min(t.due_at) from timers t where t.shard = s.shard) as next_timer,
  (select coalesce(jsonb_agg(f order by f.epoch), '[]'::jsonb) from (
    select epoch, walked_to, jsonb_agg(leaf) as leaves from leaf_fills where shard = s.shard and status <> 'done' group by epoch, walked_to) f) as fills
from shards s where s.worker = $1::text and s.shard = any ($2::smallint[])`

export interface Leases {
  /** The shards held, by number; their state is the caller's to move on. */
  readonly held: Map<number, ShardState>
  /** The database's clock minus ours, ms, as of the last look. */
  clockOffset(): number
  /** Whether {@link upkeep} has something to do. */
  due(): boolean
  /** Shows that we live, renews what we hold, gives back what is more than our share, takes what is free. */
  upkeep(db: Db): Promise<{ gained: number[]; lost: number[] }>
  /** Reads the state of all held shards again, and forgets those that somebody else has taken. */
  reload(db: Db): Promise<number[]>
  /** Lets go of everything, so that others take over at once. */
  releaseAll(db: Db): Promise<void>
}

/**
 * Leases on shards: fair shares among living workers, renewed while we live, taken over by others when we do not. It is
 * to be driven by the loop that writes the shards, between its transactions and on the same connection, so that the two
 * never wait for each other.
 */
export function makeLeases(options: { worker: string; shards?: number }): Leases {
  const { worker } = options
  const total = options.shards ?? 64
  const held = new Map<number, ShardState>()
  let offset = 0
  let renewAt = 0
  let claimAt = 0
  let share = total

  async function read(db: Db, shards: readonly number[]): Promise<ShardState[]> {
    if (shards.length === 0) return []
    const { rows } = await db.query<ShardRow & { [key: string]: unknown }>({
      name: 'lease-read',
      text: READ,
      values: [worker, `{${shards.join(',')}}`],
    })
    return rows.map(toShardState)
  }

  return {
    held,
    clockOffset: () => offset,
    due: () => performance.now() >= renewAt || (held.size < share && performance.now() >= claimAt),
    async upkeep(db) {
      const before = Date.now()
      const beat = await db.query<{ now: number; workers: number }>({ name: 'lease-beat', text: BEAT, values: [worker] })
      const { now, workers } = beat.rows[0]!
      offset = now - (before + Date.now()) / 2
      share = Math.ceil(total / workers)
      const lost: number[] = []
      if (held.size > 0) {
        const { rows } = await db.query<{ shard: number; epoch: number }>({
          name: 'lease-renew',
          text: RENEW,
          values: [worker, `{${[...held.keys()].join(',')}}`],
        })
        const renewed = new Map(rows.map((row) => [row.shard, row.epoch]))
        for (const [shard, state] of held) if (renewed.get(shard) !== state.epoch) lost.push(shard)
      }
      for (const shard of lost) held.delete(shard)
      if (held.size > share) {
        const excess = [...held.keys()].slice(share)
        for (const shard of excess) held.delete(shard)
        await db.query({ name: 'lease-release', text: RELEASE, values: [worker, `{${excess.join(',')}}`] })
        lost.push(...excess)
      }
      const gained: number[] = []
      if (held.size < share) {
        const { rows } = await db.query<{ shard: number }>({ name: 'lease-claim', text: CLAIM, values: [worker, share - held.size] })
        for (const state of await read(
          db,
          rows.map((row) => row.shard),
        )) {
          held.set(state.shard, state)
          gained.push(state.shard)
        }
      }
      renewAt = performance.now() + RENEW_MS
      claimAt = performance.now() + CLAIM_MS
      return { gained, lost }
    },
    async reload(db) {
      const shards = [...held.keys()]
      const epochs = new Map([...held.values()].map((state) => [state.shard, state.epoch]))
      held.clear()
      for (const state of await read(db, shards)) if (epochs.get(state.shard) === state.epoch) held.set(state.shard, state)
      return shards.filter((shard) => !held.has(shard))
    },
    async releaseAll(db) {
      const shards = [...held.keys()]
      held.clear()
      if (shards.length > 0) await db.query({ name: 'lease-release', text: RELEASE, values: [worker, `{${shards.join(',')}}`] })
      await db.query(`delete from workers where id = $1::text`, [worker])
    },
  }
}

/** Frees every shard and single lease at once: for the one process that may use this database, after it was killed. */
export async function releaseAbandoned(db: Db): Promise<void> {
  await db.query(`update shards set worker = null, lease_until = 0 where worker is not null`)
  await db.query(`update leases set worker = null, lease_until = 0 where worker is not null`)
  await db.query(`delete from workers where roles = 'work'`)
}
