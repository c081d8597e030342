import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { createDatabase, isClickHouseAway, isHistoryMissing, type ClickHouse, type Cluster } from '../../platform/clickhouse/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import { isConnectionLost, withTransaction, type Pool } from '../../platform/postgres/index.ts'
import { PipelineError } from '../errors.ts'
import { RENEW_MS } from '../leases.ts'
import type { PipelineMeters } from '../meters.ts'
import { makeSingleLease } from '../single-lease.ts'
import { makeWaker } from '../wake.ts'
import { checkHistory } from './lost.ts'
import { exportOverrides } from './overrides.ts'
import { planRanges, type CaughtUp } from './ranges.ts'
import { repairBatch } from './repair.ts'
import { copyRows, type CopiedRows, type Range } from './rows.ts'
import { exportColumns, prepareHistory } from './tables.ts'

/** Rows a batch, all streams together: large parts are cheap to insert and to merge. So many at least, whatever their size. */
const BATCH_ROWS = 20_000
/** At most so many, where they are so small that a batch of them takes no more memory than this, bytes. */
const LARGE_BATCH_ROWS = 50_000
const LARGE_BATCH_BYTES = 24 * 2 ** 20
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000]

export interface ExportStatus {
  readonly state:
    | 'exporting'
    | 'another worker exports'
    | 'waiting for ClickHouse'
    | 'waiting for the database'
    | 'history lost'
    | 'stopped'
  readonly error: string | null
  /** Rows accepted or derived, and not yet handed over. */
  readonly behind: number
  /** Age of the oldest of them, ms. */
  readonly lagMs: number
}

export interface Exporter {
  start(): void
  stop(): Promise<void>
  status(): ExportStatus
}

/*
 * A batch:  ranges and token stored ──▶ rows copied and inserted ──▶ cursors moved, batch removed
 *                    │                            │
 *                    └── killed: found again ◀────┘   the same rows go out under the same token, then they are counted
 *
 * One exporter in the whole installation: inserts of all shards together make larger parts than each worker's own would,
 * and one is enough (COPY and TabSeparated need no look into the rows).
 */
export function makeExporter(options: {
  worker: string
  pool: Pool
  clickhouse: ClickHouse
  /** Of the store, with the name of the database. */
  url: string
  database: string
  cluster?: Cluster
  log: Logger
  meters: PipelineMeters
}): Exporter {
  const { pool, clickhouse, log, meters } = options
  const lease = makeSingleLease('export', options.worker)
  const waker = makeWaker()
  const caughtUp = new Map<string, CaughtUp>()
  let running: Promise<void> | undefined
  let stopping = false
  let prepared = false
  let failures = 0
  let heldUntil = 0
  let epoch: number | null = null
  let batchRows = BATCH_ROWS
  let status: ExportStatus = { state: 'exporting', error: null, behind: 0, lagMs: 0 }

  async function hold(): Promise<number | null> {
    if (epoch !== null && performance.now() < heldUntil) return epoch
    const before = epoch
    epoch = null
    const mine = await lease.hold(pool)
    heldUntil = performance.now() + RENEW_MS
    // Somebody may have worked in between: what was begun is finished before anything else.
    if (mine !== null && mine !== before) await finishLeftovers(mine)
    return (epoch = mine)
  }

  async function finishLeftovers(mine: number): Promise<void> {
    const { rows } = await pool.query<{ token: string; ranges: Range[] }>('select token, ranges from export_batches order by created_at')
    for (const { token, ranges } of rows) {
      log.info({ batch: token, ranges: ranges.length }, 'finishing an export batch that was interrupted')
      await send(mine, token, ranges, 0, true)
    }
  }

  async function send(mine: number, token: string, ranges: readonly Range[], since: number, again: boolean): Promise<void> {
    const copied = await copyRows(pool, ranges, since)
    if (copied.rows > 0)
      batchRows = Math.min(LARGE_BATCH_ROWS, Math.max(BATCH_ROWS, Math.floor(LARGE_BATCH_BYTES / (copied.bytes / copied.rows))))
    if (copied.rows > 0) await insert(copied, token)
    if (again && copied.rows > 0) await repairBatch(clickhouse, ranges, copied, (rows) => insert(rows, `${token}-repair`), log)
    await exportOverrides(pool, clickhouse, ranges)
    await withTransaction(pool, async (client) => {
      await lease.check(client, mine)
      await client.query(
        `update export_cursors c set seq = r.high from unnest($1::smallint[], $2::smallint[], $3::bigint[]) as r (shard, lane, high) where c.shard = r.shard and c.lane = r.lane and c.seq < r.high`,
        [ranges.map((range) => range.shard), ranges.map((range) => range.lane), ranges.map((range) => range.to)],
      )
      await client.query('delete from export_batches where token = $1::uuid', [token])
    })
    meters.exported(copied.rows)
  }

  async function insert(copied: CopiedRows, token: string): Promise<void> {
    await clickhouse.insert({
      table: 'events',
      columns: [...exportColumns],
      values: Readable.from(copied.chunks, { objectMode: false }),
      format: 'TabSeparated',
      clickhouse_settings: {
        insert_deduplication_token: token,
        insert_deduplicate: 1,
        // What follows from the rows is told apart by the token too, and made up for where only the rows had got through.
        deduplicate_blocks_in_dependent_materialized_views: 1,
        input_format_parallel_parsing: 0,
      },
    })
  }

  async function step(): Promise<number> {
    if (!prepared) {
      await checkHistory(pool, clickhouse)
      // Fails at once when the store is away, where making tables would wait for it.
      await createDatabase(options.url, options.cluster)
      await prepareHistory(clickhouse, options.database, options.cluster)
      prepared = true
    }
    const mine = await hold()
    if (mine === null) {
      status = { state: 'another worker exports', error: null, behind: 0, lagMs: 0 }
      return 1_000
    }
    const plan = await planRanges(pool, batchRows, caughtUp)
    meters.exportLag(plan.behind, plan.lagMs)
    status = { state: 'exporting', error: null, behind: plan.behind, lagMs: plan.lagMs }
    failures = 0
    if (plan.ranges.length === 0) return plan.waitMs
    const token = randomUUID()
    await withTransaction(pool, async (client) => {
      await lease.check(client, mine)
      await client.query(
        'insert into export_batches (token, ranges, created_at) values ($1::uuid, $2::jsonb, (extract(epoch from clock_timestamp()) * 1000)::bigint)',
        [token, JSON.stringify(plan.ranges)],
      )
    })
    try {
      await send(mine, token, plan.ranges, plan.since, false)
      // What came behind these rows was not there yet when the plan was made.
      for (const [stream, there] of plan.reached) caughtUp.set(stream, there)
    } catch (error) {
      // Nobody knows how far it came: it is taken up again as a leftover.
      epoch = null
      throw error
    }
    return 0
  }

  async function run(): Promise<void> {
    while (!stopping) {
      let wait: number
      try {
        wait = await step()
      } catch (error) {
        wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!
        // Whatever it was: a store that comes back may be a new one.
        prepared = false
        const state =
          isClickHouseAway(error) || isHistoryMissing(error)
            ? 'waiting for ClickHouse'
            : isConnectionLost(error)
              ? 'waiting for the database'
              : error instanceof PipelineError && error.code === 'history_lost'
                ? 'history lost'
                : 'exporting'
        if (state === 'exporting') log.error({ err: error }, 'the export failed; trying again')
        else if (state === 'history lost') {
          if (status.state !== state) log.error({ err: error }, 'the export stops until it is known where the history is')
        } else if (status.state !== state) log.warn({ err: error }, 'the export waits for a store that is away; nothing is lost meanwhile')
        status = { ...status, state, error: (error as Error).message }
      }
      if (!stopping && wait > 0) await waker.sleep(wait)
    }
    status = { ...status, state: 'stopped' }
    try {
      await lease.release(pool)
    } catch (error) {
      log.debug({ err: error }, 'could not give the export back; its lease runs out')
    }
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
    status: () => status,
  }
}
