import type { Identifier } from '@throughline/contracts'
import { shardOf } from '@throughline/contracts'
import { isClickHouseAway, type ClickHouse, type Cluster } from '../../platform/clickhouse/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import { binary, isConnectionLost, withTransaction, type Db, type Pool } from '../../platform/postgres/index.ts'
import { forgotten } from '../advance/person.ts'
import { makeSingleLease } from '../single-lease.ts'
import { makeWaker } from '../wake.ts'
import { eraseHistory, readImported } from './history.ts'
import { findUnsearchedFile, forgetImported, sweep } from './places.ts'
import { add, moveOn, noteTrouble, readOpen, type Barrier, type Forget, type Sought } from './store.ts'

const EVERY_MS = 250
const IDLE_MS = 1_000

export interface Eraser {
  start(): void
  stop(): Promise<void>
}

export interface EraserOptions {
  readonly worker: string
  readonly pool: Pool
  readonly clickhouse: ClickHouse
  readonly database: string
  readonly cluster?: Cluster
  readonly log: Logger
  /** Opens what was sealed when somebody asked. @see Secrets.decrypt */
  readonly unseal: (sealed: Uint8Array) => string
}

/*
 * How somebody is forgotten, after the transaction that took their identifiers away and put `erase` into their streams:
 *
 *   asked ──▶ stopping ──▶ taking ──▶ exporting ──▶ sweeping ──▶ complete
 *     │          │            │           │             │
 *     │          │            │           │             └ uploaded files have been looked through; what came in between is deleted from
 *     │          │            │           │               PostgreSQL, the request's own memory too
 *     │          │            │           └ the export has passed the barriers: nothing of them is on its way to ClickHouse, which deletes
 *     │          │            └ the pipeline has passed the barriers; PostgreSQL deletes, the archive's keys are dropped
 *     │          └ whoever began to accept before the request was known has ended: the heads of the streams are the barriers
 *     └ the lease holders have made tombstones of all their profiles: nothing follows from what still comes in
 *
 * Each arrow is one transaction, so that it goes on where it stopped. A store that is away only makes it wait.
 */
export function makeEraser(options: EraserOptions): Eraser {
  const { pool, clickhouse, log } = options
  const lease = makeSingleLease('erase', options.worker)
  const waker = makeWaker()
  let running: Promise<void> | undefined
  let stopping = false

  function seek(forget: Forget): Sought {
    const identifiers = forget.sealed === null ? [] : (JSON.parse(options.unseal(forget.sealed)) as Identifier[])
    return { profiles: forget.profiles, identifiers }
  }

  async function eraseFromHistory(forget: Forget, epoch: number): Promise<void> {
    await forgetImported(pool, await readImported(clickhouse, forget.profiles))
    const counts = await eraseHistory(clickhouse, options.database, options.cluster, forget.profiles)
    await withTransaction(pool, async (client) => {
      await lease.check(client, epoch)
      await moveOn(client, forget, { stage: 'sweeping', counts: add(forget.counts, counts) })
    })
  }

  async function advance(forget: Forget, epoch: number): Promise<boolean> {
    return withTransaction(pool, async (client) => {
      await lease.check(client, epoch)
      switch (forget.stage) {
        case 'asked':
          if (!(await areTombstones(client, forget))) return false
          await moveOn(client, forget, { stage: 'stopping', fence: await readFence(client) })
          return true
        case 'stopping':
          if (!(await hasPassed(client, forget.fence))) return false
          await moveOn(client, forget, { stage: 'taking', barriers: await readBarriers(client, forget) })
          return true
        case 'taking':
          if (!(await areTaken(client, forget.barriers ?? []))) return false
          await moveOn(client, forget, { stage: 'exporting', counts: add(forget.counts, await sweep(client, seek(forget))) })
          return true
        case 'exporting':
          return false
        case 'sweeping': {
          const file = await findUnsearchedFile(client, forget.requested_at)
          if (file !== null) {
            await noteTrouble(
              client,
              [forget.id],
              `The file "${file}" was uploaded for an import, and is looked through by the server that has it.`,
            )
            return false
          }
          await moveOn(client, forget, { stage: 'complete', counts: add(forget.counts, await sweep(client, seek(forget))) })
          log.info({ forget: forget.id }, 'a person was forgotten')
          return true
        }
        default:
          return forget.stage satisfies never
      }
    })
  }

  async function round(epoch: number): Promise<number> {
    const open = await readOpen(pool)
    let moved = false
    for (const forget of open) {
      if (stopping) return 0
      if (await advance(forget, epoch)) moved = true
    }
    const exported: Forget[] = []
    for (const forget of open) if (forget.stage === 'exporting' && (await areExported(pool, forget.barriers ?? []))) exported.push(forget)
    if (exported.length > 0) {
      try {
        for (const forget of exported) await eraseFromHistory(forget, epoch)
        moved = true
      } catch (error) {
        if (!isClickHouseAway(error))
          log.error({ err: error }, 'ClickHouse could not delete what it holds of somebody who was forgotten; trying again')
        await noteTrouble(
          pool,
          exported.map(({ id }) => id),
          isClickHouseAway(error) ? 'ClickHouse cannot be reached.' : `ClickHouse: ${(error as Error).message}`,
        )
        return IDLE_MS * 2
      }
    }
    return moved ? 0 : open.length > 0 ? EVERY_MS : IDLE_MS
  }

  async function run(): Promise<void> {
    while (!stopping) {
      let wait = IDLE_MS
      try {
        const epoch = await lease.hold(pool)
        if (epoch !== null) wait = await round(epoch)
      } catch (error) {
        log[isConnectionLost(error) ? 'debug' : 'warn']({ err: error }, 'forgetting was interrupted; trying again')
      }
      if (!stopping && wait > 0) await waker.sleep(wait)
    }
    await lease.release(pool).catch((error: unknown) => log.debug({ err: error }, 'could not give the erasing back; its lease runs out'))
  }

  return {
    start() {
      running ??= run()
    },
    async stop() {
      stopping = true
      waker.wake()
      await running
    },
  }
}

async function areTombstones(db: Db, { profiles }: Forget): Promise<boolean> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*) as n from unnest($1::smallint[], $2::uuid[]) as k (shard, id) join profiles p on p.shard = k.shard and p.id = k.id and p.merged_into = $3::uuid`,
    [binary.int2Array(profiles.map(shardOf)), binary.uuidArray(profiles), forgotten],
  )
  return rows[0]!.n === profiles.length
}

/** The first number of a transaction that has not begun yet. Whoever accepts an event has a number before it looks who was forgotten. */
async function readFence(db: Db): Promise<string> {
  const { rows } = await db.query<{ fence: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as fence')
  return rows[0]!.fence
}

async function hasPassed(db: Db, fence: string | null): Promise<boolean> {
  const { rows } = await db.query<{ passed: boolean }>('select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 as passed', [
    fence ?? '0',
  ])
  return rows[0]!.passed
}

async function readBarriers(db: Db, { profiles }: Forget): Promise<Barrier[]> {
  const { rows } = await db.query<{ shard: number; lane: number; seq: number }>(
    `select shard, lane, seq from shard_heads where shard = any($1::smallint[])
     union all select shard, 2, derived_seq from shards where shard = any($1::smallint[])`,
    [binary.int2Array([...new Set(profiles.map(shardOf))])],
  )
  return rows.map(({ shard, lane, seq }) => [shard, lane, seq] as const)
}

async function areTaken(db: Db, barriers: readonly Barrier[]): Promise<boolean> {
  const { rows } = await db.query<{ behind: number }>(
    `select count(*) as behind from jsonb_array_elements($1::jsonb) as b
     join shards s on s.shard = (b ->> 0)::smallint
     where (b ->> 2)::bigint > case (b ->> 1)::int when 0 then s.live_seq when 1 then s.bulk_seq else s.derived_seq end`,
    [JSON.stringify(barriers)],
  )
  return rows[0]!.behind === 0
}

async function areExported(db: Db, barriers: readonly Barrier[]): Promise<boolean> {
  const { rows } = await db.query<{ behind: number }>(
    `select count(*) as behind from jsonb_array_elements($1::jsonb) as b
     join export_cursors c on c.shard = (b ->> 0)::smallint and c.lane = (b ->> 1)::smallint where (b ->> 2)::bigint > c.seq`,
    [JSON.stringify(barriers)],
  )
  return rows[0]!.behind === 0
}
