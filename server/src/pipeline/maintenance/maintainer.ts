import type { Logger } from '../../platform/log/index.ts'
import { isConnectionLost, withTransaction, type Db, type Pool } from '../../platform/postgres/index.ts'
import { makeSingleLease } from '../single-lease.ts'
import { makeWaker } from '../wake.ts'
import { writeArchive } from './archive.ts'
import { DAY_MS, dayOf, makePartitions, nameDay, readPartitions } from './partitions.ts'

/** Days for which a repeated event is recognised. */
const SEEN_DAYS = 7
const EVERY_MS = 600_000
const LEASE_STEP_MS = 3_000

export interface Maintainer {
  start(): void
  stop(): Promise<void>
}

// Whether everything in a part of the inbox was exported and, as far as it is to be taken, taken.
const isDone = (table: string): string => `
select not exists (
  select 1 from (select shard, lane, max(seq) as seq from ${table} where received_at < $1::bigint group by shard, lane) m
  join export_cursors c on c.shard = m.shard and c.lane = m.lane join shards s on s.shard = m.shard
  where m.seq > c.seq or m.seq > case m.lane when 0 then s.live_seq when 1 then s.bulk_seq else m.seq end
) as done`

/**
 * One round of upkeep of the tables that are kept by day.
 * - Partitions of the coming days are made.
 * - Days of `seen` older than a week go; an event that old which comes again is a new one.
 * - Days of the inbox older than `days` go once they are wholly exported and taken, and stand in the archive.
 */
export async function maintain(pool: Pool, options: { today: number; days: number; folder: string; log: Logger }): Promise<void> {
  const { today, log } = options
  for (const table of ['inbox', 'seen'] as const) await makePartitions(pool, table, today)
  for (const { name, day } of await readPartitions(pool, 'seen')) if (day < today - SEEN_DAYS) await drop(pool, name)
  for (const { name, day } of await readPartitions(pool, 'inbox')) {
    if (day >= today - options.days || !(await wholly(pool, name, (day + 1) * DAY_MS))) continue
    const path = await writeArchive(pool, options.folder, name, day)
    await drop(pool, name)
    log.info({ day: nameDay(day), path }, 'archived a day of the inbox')
  }
  const old = (today - options.days) * DAY_MS
  const { rows } = await pool.query<{ day: number }>(
    `select distinct received_at / ${DAY_MS} as day from inbox_default where received_at < $1::bigint order by 1`,
    [old],
  )
  if (rows.length === 0 || !(await wholly(pool, 'inbox_default', old))) return
  for (const { day } of rows) {
    const path = await writeArchive(pool, options.folder, 'inbox_default', day)
    await pool.query('delete from inbox_default where received_at >= $1::bigint and received_at < $2::bigint', [
      day * DAY_MS,
      (day + 1) * DAY_MS,
    ])
    log.info({ day: nameDay(day), path }, 'archived a day of the inbox')
  }
}

async function wholly(db: Db, table: string, before: number): Promise<boolean> {
  const { rows } = await db.query<{ done: boolean }>(isDone(table), [before])
  return rows[0]?.done === true
}

// Dropping locks the whole table for an instant. Behind a long reader everybody would wait with us, so we give up instead.
async function drop(pool: Pool, name: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query(`set local lock_timeout = '2s'`)
    await client.query(`drop table ${name}`)
  })
}

/** Runs {@link maintain} at the start and every ten minutes, in one worker of the installation. */
export function makeMaintainer(options: { worker: string; pool: Pool; log: Logger; days: number; folder: string }): Maintainer {
  const { pool, log } = options
  const lease = makeSingleLease('maintenance', options.worker)
  const waker = makeWaker()
  let running: Promise<void> | undefined
  let stopping = false
  let dueAt = 0

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        if ((await lease.hold(pool)) !== null && performance.now() >= dueAt) {
          await maintain(pool, { today: dayOf(Date.now()), days: options.days, folder: options.folder, log })
          dueAt = performance.now() + EVERY_MS
        }
      } catch (error) {
        log[isConnectionLost(error) ? 'debug' : 'warn']({ err: error }, 'upkeep of the tables kept by day was interrupted; trying again')
      }
      if (!stopping) await waker.sleep(LEASE_STEP_MS)
    }
    await lease
      .release(pool)
      .catch((error: unknown) => log.debug({ err: error }, 'could not give the maintenance back; its lease runs out'))
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
