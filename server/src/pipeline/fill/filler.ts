import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { shardOf, type Json } from '@throughline/contracts'
import { eventNamesToSql, foldLeaf, foldProfile } from '@throughline/engine'
import { resolveProfiles } from '../../identity/index.ts'
import { isClickHouseAway, isHistoryMissing, type ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import { isConnectionLost, withTransaction, type Pool } from '../../platform/postgres/index.ts'
import type { Append } from '../advance/batch.ts'
import { nameOfRefold } from '../control/request-refold.ts'
import type { Definitions } from '../definitions.ts'
import { RENEW_MS } from '../leases.ts'
import { PipelineError } from '../errors.ts'
import { checkHistory } from '../export/lost.ts'
import { makeSingleLease } from '../single-lease.ts'
import { makeWaker } from '../wake.ts'
import { readHistory } from './history.ts'
import {
  adoptEntry,
  appendAdopts,
  markFolded,
  readFillTasks,
  readFolded,
  readReach,
  readRefoldTasks,
  type FillTask,
  type RefoldTask,
} from './store.ts'

const IDLE_MS = 500
const RETRY_MS = 2_000
/** Entries a transaction; while it runs, the heads it appends to are locked. */
const CHUNK = 200

export interface Filler {
  start(): void
  stop(): Promise<void>
}

/**
 * The one job that computes states from history: of leaves that are new in a shard, and of people who have to be folded
 * anew. It only appends to bulk lanes; the lease holders take it in. Killed in the middle, it begins the shard or the person
 * again, since taking a state in twice changes nothing.
 */
export function makeFiller(options: { worker: string; pool: Pool; clickhouse: ClickHouse; definitions: Definitions; log: Logger }): Filler {
  const { pool, clickhouse, definitions, log } = options
  const lease = makeSingleLease('fill', options.worker)
  const waker = makeWaker()
  const abort = new AbortController()
  /** Where the streams reached when a task was first seen: it waits until the export has come there. */
  const targets = new Map<string, ReadonlyMap<string, number>>()
  const announced = new Set<string>()
  let running: Promise<void> | undefined
  let heldUntil = 0
  let epoch: number | null = null

  async function hold(): Promise<number | null> {
    if (epoch !== null && performance.now() < heldUntil) return epoch
    epoch = await lease.hold(pool)
    heldUntil = performance.now() + RENEW_MS
    return epoch
  }

  async function append(entries: readonly Append[], also?: (client: Parameters<typeof markFolded>[0]) => Promise<void>): Promise<void> {
    const mine = await hold()
    if (mine === null) throw new Error('The fill went to another worker.')
    await withTransaction(pool, async (client) => {
      await lease.check(client, mine)
      await also?.(client)
      await appendAdopts(client, entries)
    })
  }

  async function isExported(task: string, shards: readonly number[]): Promise<boolean> {
    const reach = await readReach(pool, shards)
    if (!targets.has(task)) targets.set(task, new Map(reach.map((stream) => [stream.key, stream.head])))
    const target = targets.get(task)!
    return reach.every((stream) => stream.exported >= (target.get(stream.key) ?? 0))
  }

  async function fillShard(task: FillTask): Promise<void> {
    await checkHistory(pool, clickhouse)
    await definitions.load(pool, task.epoch)
    const compiled = definitions.get(task.epoch)
    const names = eventNamesToSql(task.eventNames)
    const query = {
      // More than what came in before the publication: what was heard since is joined with it as a set.
      where: `shard = {shard:UInt8} and ${names.sql}`,
      params: { shard: task.shard, ...names.params },
      contexts: compiled.readsContext,
    }
    let folded: { profileId: string; leaves: Record<string, Json> }[] = []
    const flush = async (last: boolean): Promise<void> => {
      const where = await resolveProfiles(
        pool,
        folded.map((one) => one.profileId),
      )
      const entries = folded.map(({ profileId, leaves }) =>
        adoptEntry(where.get(profileId) ?? profileId, `${task.epoch}:${profileId}`, { leaves }),
      )
      await append(entries, last ? (client) => markFolded(client, task) : undefined)
      folded = []
    }
    for await (const { profileId, events } of readHistory(clickhouse, query, abort.signal)) {
      const leaves: Record<string, Json> = {}
      for (const leaf of task.leaves) {
        const state = compiled.leaves.has(leaf) ? foldLeaf(leaf, events, compiled) : undefined
        if (state !== undefined) leaves[leaf] = state
      }
      if (Object.keys(leaves).length > 0) folded.push({ profileId, leaves })
      if (folded.length >= CHUNK) await flush(false)
      // Live events of this process come in between.
      await nextTurn()
    }
    await flush(true)
  }

  async function refold(task: RefoldTask): Promise<void> {
    await checkHistory(pool, clickhouse)
    const { rows } = await pool.query<{ epoch: number }>('select definitions_epoch as epoch from shards where shard = $1::smallint', [
      shardOf(task.profileId),
    ])
    await definitions.load(pool, rows[0]!.epoch)
    const events = []
    const query = {
      where: 'shard in {shards:Array(UInt8)} and profile_id in {profiles:Array(UUID)}',
      params: { shards: [...new Set(task.members.map(shardOf))], profiles: [...task.members] },
      contexts: true,
    }
    for await (const part of readHistory(clickhouse, query, abort.signal)) events.push(...part.events)
    const folded = foldProfile(task.profileId, task.createdAt, events, { definitions: definitions.get(rows[0]!.epoch) })
    await append(
      [
        adoptEntry(task.profileId, `profile:${task.profileId}:${randomUUID()}`, {
          profile: JSON.parse(JSON.stringify(folded)) as Record<string, Json>,
          refold: nameOfRefold(task),
        }),
      ],
      async (client) => {
        // One that was asked for since stays.
        await client.query(
          `delete from profile_refolds where shard = $1::smallint and profile_id = $2::uuid and live_seq = $3::bigint and bulk_seq = $4::bigint`,
          [shardOf(task.profileId), task.profileId, task.live, task.bulk],
        )
      },
    )
  }

  /** Ends the waiting of leaves whose history every shard has handed out. */
  async function announce(): Promise<void> {
    const byShard = new Map<number, string[]>()
    const news: string[] = []
    for (const { epoch: published, leaf, shards } of await readFolded(pool)) {
      if (announced.has(`${published} ${leaf}`)) continue
      news.push(`${published} ${leaf}`)
      for (const shard of shards) byShard.set(shard, [...(byShard.get(shard) ?? []), leaf])
    }
    if (news.length === 0) return
    const entries = [...byShard].map(([shard, last]) =>
      adoptEntry(`00000000-0000-0000-0000-0000000000${shard.toString(16).padStart(2, '0')}`, `last:${randomUUID()}`, { last }),
    )
    await append(entries)
    for (const one of news) announced.add(one)
    log.info({ leaves: news.length }, 'history of new conditions has been handed out')
  }

  async function step(): Promise<boolean> {
    if ((await hold()) === null) return false
    let worked = false
    for (const task of await readFillTasks(pool, 64)) {
      const key = `fill ${task.shard} ${task.epoch}`
      if (!(await isExported(key, [task.shard]))) continue
      await fillShard(task)
      targets.delete(key)
      worked = true
      if (abort.signal.aborted) return false
    }
    for (const task of await readRefoldTasks(pool, 100)) {
      const key = `refold ${task.profileId}`
      if (!(await isExported(key, [...new Set(task.members.map(shardOf))]))) continue
      await refold(task)
      targets.delete(key)
      worked = true
    }
    await announce()
    return worked
  }

  async function run(): Promise<void> {
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
      if (wait > 0 && !abort.signal.aborted) await waker.sleep(wait)
    }
    await lease.release(pool).catch((error: unknown) => log.debug({ err: error }, 'could not give the fill back; its lease runs out'))
  }

  return {
    start() {
      running ??= run()
    },
    async stop() {
      abort.abort()
      waker.wake()
      await running
    },
  }
}
