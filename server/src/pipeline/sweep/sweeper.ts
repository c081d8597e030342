import { randomUUID } from 'node:crypto'
import { shardCount, shardOf } from '@throughline/contracts'
import { isClickHouseAway, type ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import { isConnectionLost, withTransaction, type Pool } from '../../platform/postgres/index.ts'
import type { Definitions } from '../definitions.ts'
import { appendAdopts, controlEntry, readReach } from '../fill/store.ts'
import type { PipelineMeters } from '../meters.ts'
import { makeSingleLease } from '../single-lease.ts'
import { makeWaker } from '../wake.ts'
import { compareSlice, type Difference } from './compare.ts'

/** A shard at a time, all of them in some six hours. */
const EVERY_MS = (6 * 3_600_000) / shardCount
/** How long a difference has to last to be one: what was on its way has arrived by then. */
const DOUBT_MS = 10_000
const LEASE_STEP_MS = 3_000
/** So many seconds it is waited for what was on its way when a difference was found; later another round finds it. */
const PATIENCE = 10

export interface Sweeper {
  start(): void
  stop(): Promise<void>
}

/** Somebody who is to be folded again, and the entry that says so. */
interface Nominated {
  readonly differences: readonly Difference[]
  readonly seq: number
}

/**
 * Compares memberships with the answers of ClickHouse, a shard at a time, over and over. Whose memberships differ twice is nominated: the
 * lease holder folds them again from history and decides. Once they are folded they are looked at again, and counted as repaired.
 *
 *   look ──▶ difference ──▶ look again ──▶ still there: nominated ──▶ folded ──▶ look: repaired, or told as an error
 */
export function makeSweeper(options: {
  worker: string
  pool: Pool
  clickhouse: ClickHouse
  definitions: Definitions
  log: Logger
  meters: PipelineMeters
  /** Pauses, for tests. */
  everyMs?: number
  doubtMs?: number
}): Sweeper {
  const { pool, clickhouse, definitions, log, meters, everyMs = EVERY_MS, doubtMs = DOUBT_MS } = options
  const lease = makeSingleLease('sweep', options.worker)
  const waker = makeWaker()
  const nominated = new Map<string, Nominated>()
  let running: Promise<void> | undefined
  let stopping = false
  let shard = 0
  let dueAt = performance.now() + Math.min(everyMs, 60_000)

  async function sweep(epoch: number): Promise<void> {
    const at = shard
    // One that is behind or being filled has its turn again in the next round, and holds up no other.
    shard = (at + 1) % shardCount
    const compiled = await definitionsOf(at)
    if (compiled === null) return
    const first = await compareSlice(pool, clickhouse, compiled, { shard: at })
    let lasting: readonly Difference[] = []
    if (first.differences.length > 0) {
      const now = Date.now()
      const heads = await readStreams()
      await waker.sleep(doubtMs)
      if (!(await untilPassed(at, heads, now)) || !(await isCaughtUp(at))) return
      const again = await compareSlice(pool, clickhouse, compiled, {
        shard: at,
        only: [...new Set(first.differences.map(({ profileId }) => profileId))],
      })
      const before = new Set(first.differences.map(nameOf))
      lasting = again.differences.filter((one) => before.has(nameOf(one)))
    }
    if (lasting.length > 0) await nominate(epoch, lasting)
    meters.swept(first.compared, lasting.length, 0)
  }

  async function nominate(epoch: number, differences: readonly Difference[]): Promise<void> {
    const byProfile = new Map<string, Difference[]>()
    for (const one of differences) byProfile.set(one.profileId, [...(byProfile.get(one.profileId) ?? []), one])
    const heads = await withTransaction(pool, async (client) => {
      await lease.check(client, epoch)
      await appendAdopts(
        client,
        [...byProfile.keys()].map((id) => controlEntry('refold', id, `sweep:${id}:${randomUUID()}`, { reason: 'sweep' })),
      )
      const { rows } = await client.query<{ shard: number; seq: number }>('select shard, seq from shard_heads where lane = 1')
      return new Map(rows.map((row) => [row.shard, row.seq]))
    })
    for (const [id, found] of byProfile) {
      nominated.set(id, { differences: found, seq: heads.get(shardOf(id)) ?? 0 })
      log.warn(
        {
          profile: id,
          differences: found.map(({ segment, inside }) => `${inside ? 'in' : 'not in'} ${segment}, which ClickHouse answers otherwise`),
        },
        'the sweep found memberships in doubt; they are folded again from history',
      )
    }
  }

  /** Looks at those again who have been folded since. */
  async function verify(): Promise<void> {
    for (const [id, { differences, seq }] of nominated) {
      const at = shardOf(id)
      if (!(await isTaken(at, seq))) continue
      const compiled = await definitionsOf(at)
      if (compiled === null || !(await isCaughtUp(at))) continue
      const { compared, differences: left } = await compareSlice(pool, clickhouse, compiled, { shard: at, only: [id] })
      // Nobody was compared: still being folded, or nobody any more.
      if (compared === 0) {
        if (await isGone(id)) nominated.delete(id)
        continue
      }
      nominated.delete(id)
      const still = new Set(left.map(nameOf))
      const repaired = differences.filter((one) => !still.has(nameOf(one)))
      meters.swept(0, 0, repaired.length)
      if (repaired.length > 0) log.info({ profile: id, segments: repaired.map(({ segment }) => segment) }, 'the sweep repaired memberships')
      if (repaired.length < differences.length)
        log.error(
          { profile: id, segments: [...left].map(({ segment }) => segment) },
          'memberships still differ from the answer of ClickHouse after they were folded again',
        )
    }
  }

  /** Whether the person was merged into another, or forgotten, since. */
  async function isGone(id: string): Promise<boolean> {
    const { rows } = await pool.query('select 1 from profiles where shard = $1::smallint and id = $2::uuid and merged_into is null', [
      shardOf(id),
      id,
    ])
    return rows.length === 0
  }

  /** Whether the pipeline has come to this entry of the bulk lane: from then on the person is pending until the fold is done. */
  async function isTaken(at: number, seq: number): Promise<boolean> {
    const { rows } = await pool.query('select 1 from shards where shard = $1::smallint and bulk_seq >= $2::bigint', [at, seq])
    return rows.length > 0
  }

  /** What is in force in a shard; null while it, or its history, is not where it can be compared. */
  async function definitionsOf(at: number) {
    const { rows } = await pool.query<{ epoch: number; filling: boolean }>(
      `select definitions_epoch as epoch, exists (select 1 from leaf_fills f where f.shard = s.shard and f.status <> 'done')
         or definitions_epoch < (select definitions_epoch from workspace where id = 1)
         or exists (select 1 from inbox i where i.shard = s.shard and i.lane = 1 and i.seq > s.bulk_seq and i.name = 'reconsider') as filling
       from shards s where shard = $1::smallint`,
      [at],
    )
    const { epoch, filling } = rows[0]!
    if (filling || !(await isCaughtUp(at))) return null
    await definitions.refreshSettings()
    await definitions.load(pool, epoch)
    return definitions.get(epoch)
  }

  /** How far each stream of each shard reaches, and how far it has been exported and, unless it is the pipeline's own, taken. */
  async function readStreams(): Promise<ReadonlyMap<string, { head: number; passed: number }>> {
    const { rows } = await pool.query<{ key: string; head: number; passed: number }>(
      `select c.shard || ' ' || c.lane as key, case c.lane when 2 then s.derived_seq else h.seq end as head,
         least(c.seq, case c.lane when 0 then s.live_seq when 1 then s.bulk_seq else c.seq end) as passed
       from export_cursors c join shards s on s.shard = c.shard left join shard_heads h on h.shard = c.shard and h.lane = c.lane`,
    )
    return new Map(rows.map(({ key, head, passed }) => [key, { head, passed }]))
  }

  /**
   * Waits until all that was on its way at that time has arrived in both stores, and what was due by then in the shard is done; not for long.
   * Streams of all shards: people were merged.
   */
  async function untilPassed(at: number, heads: Awaited<ReturnType<typeof readStreams>>, due: number): Promise<boolean> {
    for (let tries = 0; tries < PATIENCE && !stopping; tries++) {
      const [now, late] = await Promise.all([
        readStreams(),
        pool.query('select 1 from timers where shard = $1::smallint and due_at < $2::bigint limit 1', [at, due]),
      ])
      if (late.rows.length === 0 && [...heads].every(([key, { head }]) => (now.get(key)?.passed ?? 0) >= head)) return true
      await waker.sleep(1_000)
    }
    return false
  }

  /** Whether everything accepted for the shard has been taken and exported but for the last moments'. */
  async function isCaughtUp(at: number): Promise<boolean> {
    const [before, { rows }] = await Promise.all([
      readReach(pool, [at]),
      pool.query<{ behind: number }>(
        `select sum(greatest(0, h.seq - case h.lane when 0 then s.live_seq else s.bulk_seq end))::bigint as behind
         from shards s join shard_heads h on h.shard = s.shard where s.shard = $1::smallint and h.lane in (0, 1)`,
        [at],
      ),
    ])
    const unexported = before.reduce((sum, { head, exported }) => sum + Math.max(0, head - exported), 0)
    return unexported + (rows[0]?.behind ?? 0) <= 100
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        const epoch = await lease.hold(pool)
        if (epoch !== null) {
          if (nominated.size > 0) await verify()
          if (performance.now() >= dueAt) {
            await sweep(epoch)
            dueAt = performance.now() + everyMs
          }
        }
      } catch (error) {
        dueAt = performance.now() + everyMs
        const away = isClickHouseAway(error) || isConnectionLost(error) || stopping
        log[away ? 'debug' : 'error']({ err: error }, 'comparing memberships with history was interrupted; trying again')
      }
      if (!stopping) await waker.sleep(Math.min(LEASE_STEP_MS, everyMs))
    }
    await lease.release(pool).catch((error: unknown) => log.debug({ err: error }, 'could not give the sweep back; its lease runs out'))
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

function nameOf({ profileId, segment, inside }: Difference): string {
  return `${profileId} ${segment} ${inside}`
}
