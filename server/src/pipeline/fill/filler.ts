import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { shardOf, type Json } from '@throughline/contracts'
import { foldProfile } from '@throughline/engine'
import { isClickHouseAway, isHistoryMissing, type ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import { isConnectionLost, withTransaction, type Pool } from '../../platform/postgres/index.ts'
import { nameOfRefold } from '../control/request-refold.ts'
import type { Definitions } from '../definitions.ts'
import { RENEW_MS } from '../leases.ts'
import { PipelineError } from '../errors.ts'
import { checkHistory } from '../export/lost.ts'
import type { Loop } from '../loop.ts'
import { makeSingleLease } from '../single-lease.ts'
import { readEvents } from './history.ts'
import { adoptEntry, appendAdopts, readReach, readRefoldTasks, type RefoldTask } from './store.ts'
import { makeWalker } from './walker.ts'

const IDLE_MS = 250
const RETRY_MS = 2_000

export interface Filler {
  start(): void
  stop(): Promise<void>
}

/**
 * Computes states from history: of leaves that are new in the shards of this process (walker.ts), and, as the one of all processes
 * that has the lease, of people who have to be folded anew. The latter is appended to bulk lanes; killed in the middle, it folds the
 * person again, since taking a state in twice changes nothing.
 */
export function makeFiller(options: {
  worker: string
  pool: Pool
  clickhouse: ClickHouse
  definitions: Definitions
  loop: Pick<Loop, 'leases' | 'walks'>
  log: Logger
}): Filler {
  const { pool, clickhouse, definitions, log } = options
  const { leases, walks } = options.loop
  const lease = makeSingleLease('fill', options.worker)
  const abort = new AbortController()
  const pause = async (ms: number): Promise<void> => sleep(ms, undefined, { signal: abort.signal }).catch(() => undefined)
  const walker = makeWalker({ pool, clickhouse, definitions, held: leases.held, walks, signal: abort.signal, pause })
  /** Where the streams reached when a person was first seen: they wait until the export has come there. */
  const targets = new Map<string, ReadonlyMap<string, number>>()
  let running: Promise<void> | undefined
  let heldUntil = 0
  let epoch: number | null = null

  async function hold(): Promise<number | null> {
    if (epoch !== null && performance.now() < heldUntil) return epoch
    epoch = await lease.hold(pool)
    heldUntil = performance.now() + RENEW_MS
    return epoch
  }

  /** Whether the streams that these profiles came in by are exported up to where they reached when this was asked first. */
  async function isExported(task: string, shards: readonly number[]): Promise<boolean> {
    const reach = await readReach(pool, shards)
    if (!targets.has(task)) targets.set(task, new Map(reach.map((stream) => [stream.key, stream.head])))
    const target = targets.get(task)!
    return reach.every((stream) => stream.exported >= (target.get(stream.key) ?? 0))
  }

  async function refold(task: RefoldTask): Promise<void> {
    await checkHistory(pool, clickhouse)
    const { rows } = await pool.query<{ epoch: number }>('select definitions_epoch as epoch from shards where shard = $1::smallint', [
      shardOf(task.profileId),
    ])
    await definitions.load(pool, rows[0]!.epoch)
    const events = await readEvents(clickhouse, task.members, abort.signal)
    const folded = foldProfile(task.profileId, task.createdAt, events, { definitions: definitions.get(rows[0]!.epoch) })
    const mine = await hold()
    if (mine === null) throw new Error('The fill went to another worker.')
    await withTransaction(pool, async (client) => {
      await lease.check(client, mine)
      // One that was asked for since stays.
      await client.query(
        `delete from profile_refolds where shard = $1::smallint and profile_id = $2::uuid and live_seq = $3::bigint and bulk_seq = $4::bigint`,
        [shardOf(task.profileId), task.profileId, task.live, task.bulk],
      )
      const profile = JSON.parse(JSON.stringify(folded)) as Record<string, Json>
      await appendAdopts(client, [
        adoptEntry(task.profileId, `profile:${task.profileId}:${randomUUID()}`, { profile, refold: nameOfRefold(task) }),
      ])
    })
  }

  async function refoldAll(): Promise<boolean> {
    const tasks = await readRefoldTasks(pool, 100)
    if (tasks.length === 0 || (await hold()) === null) return false
    let worked = false
    for (const task of tasks) {
      const key = `refold ${task.profileId}`
      if (!(await isExported(key, [...new Set(task.members.map(({ id }) => shardOf(id)))]))) continue
      await refold(task)
      targets.delete(key)
      worked = true
      if (abort.signal.aborted) return false
    }
    return worked
  }

  async function work(step: () => Promise<boolean>): Promise<void> {
    while (!abort.signal.aborted) {
      let wait = IDLE_MS
      try {
        if (await step()) wait = 0
      } catch (error) {
        wait = RETRY_MS
        // Of a lost history the exporter tells.
        const lost = error instanceof PipelineError && error.code === 'history_lost'
        const away = lost || isClickHouseAway(error) || isConnectionLost(error) || abort.signal.aborted
        log[away ? 'debug' : isHistoryMissing(error) ? 'warn' : 'error'](
          { err: error },
          'computing states from history was interrupted; beginning again',
        )
      }
      if (wait > 0) await pause(wait)
    }
  }

  async function run(): Promise<void> {
    // Two, so that one reads while what the other has read is taken.
    await Promise.all([work(refoldAll), work(walker.walk), work(walker.walk)])
    await lease.release(pool).catch((error: unknown) => log.debug({ err: error }, 'could not give the fill back; its lease runs out'))
  }

  return {
    start() {
      running ??= run()
    },
    async stop() {
      abort.abort()
      walks.close()
      await running
    },
  }
}
