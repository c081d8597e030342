import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Registry } from 'prom-client'
import type { ChannelKind } from '@throughline/contracts'
import type { DecisionSettings } from '@throughline/engine'
import type { Logger } from '../platform/log/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { makeClickHouse, type Cluster } from '../platform/clickhouse/index.ts'
import { checkFormat } from './codec.ts'
import { makeDefinitions } from './definitions.ts'
import { releaseAbandoned } from './leases.ts'
import { makeLoop } from './loop.ts'
import { makePipelineMeters } from './meters.ts'
import type { BornClaimedMessage, PipelineStatus } from './ports.ts'
import { listen } from './wake.ts'
import { makeEraser } from './erase/eraser.ts'
import { makeExporter } from './export/exporter.ts'
import { makeFiller } from './fill/filler.ts'
import { makeSweeper } from './sweep/sweeper.ts'
import { makeRanker } from './rank/ranker.ts'
import { makeMaintainer } from './maintenance/maintainer.ts'

export interface WorkerOptions {
  readonly pool: Pool
  readonly log: Logger
  readonly metrics: Registry
  /** The settings of the workspace that decisions depend on. */
  readonly loadSettings: () => Promise<DecisionSettings>
  /** Takes messages right after their commit; they are claimed for this worker until `CLAIM_MS` from then. */
  readonly deliver: (messages: readonly BornClaimedMessage[]) => void
  /** How many messages of bulk it could take now; left out, none. */
  readonly bulkRoom?: (channel: ChannelKind) => number
  /** Where events are exported to, with the database in the path; its store may be away at any time. */
  readonly clickhouse: { readonly url: string; readonly cluster?: Cluster }
  /** Days for which the inbox keeps entries, and where it archives older ones. */
  readonly archive: { readonly folder: string; readonly days: number }
  /** Opens what `secrets.encrypt` has sealed: who is to be forgotten. */
  readonly unseal: (sealed: Uint8Array) => string
  /** Keeps what depends on everybody: does one thing that is due, and answers whether there may be more. Left out, nobody does. */
  readonly keepRanks?: (signal: AbortSignal) => Promise<boolean>
  /** How often the sweep looks at a shard, and how long it doubts a difference; in ms. Left out, a round takes six hours. */
  readonly sweep?: { readonly everyMs: number; readonly doubtMs: number }
  /** Unique among workers; made up when left out. */
  readonly id?: string
  /** True when no other process can be using this database, so that leases of a killed one need not run out. */
  readonly alone?: boolean
}

export interface Worker {
  readonly id: string
  /**
   * Begins to lease shards and work on them.
   * @throws PipelineError `profile_format` when profiles were written by another release
   */
  start(): Promise<void>
  /** Commits what is on its way and gives the shards back. */
  stop(): Promise<void>
  /** Something was accepted: look now. */
  wake(): void
  status(): PipelineStatus
  /** Whether live entries were accepted and not yet taken, as of the last look. For whoever asks with every message. */
  isLiveWaiting(): boolean
}

// Whoever writes a new format writes all of a person's row; any row tells it. Rows that differ are met when they are read.
async function checkStored(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ id: string; state: Buffer }>('select id, substr(state, 1, 1) as state from profiles limit 1')
  for (const { id, state } of rows) checkFormat(id, state)
}

/** Builds the worker of this process; see the door of this folder. */
export function makeWorker(options: WorkerOptions): Worker {
  const { pool, log } = options
  const id = options.id ?? `${hostname().slice(0, 40)}-${process.pid}-${randomBytes(3).toString('hex')}`
  const meters = makePipelineMeters(options.metrics)
  const definitions = makeDefinitions(options.loadSettings)
  const loop = makeLoop({ worker: id, pool, log, meters, definitions, deliver: options.deliver, bulkRoom: options.bulkRoom ?? (() => 0) })
  const inserts = makeClickHouse(options.clickhouse.url, 'insert')
  const reads = makeClickHouse(options.clickhouse.url, 'bulk')
  const database = decodeURIComponent(new URL(options.clickhouse.url).pathname.slice(1)) || 'default'
  const exporter = makeExporter({
    worker: id,
    pool,
    clickhouse: inserts,
    url: options.clickhouse.url,
    database,
    cluster: options.clickhouse.cluster,
    log,
    meters,
  })
  const filler = makeFiller({ worker: id, pool, clickhouse: reads, definitions: makeDefinitions(options.loadSettings), loop, log })
  const sweeper = makeSweeper({
    worker: id,
    pool,
    clickhouse: reads,
    definitions: makeDefinitions(options.loadSettings),
    log,
    meters,
    ...options.sweep,
  })
  const ranker = options.keepRanks && makeRanker({ worker: id, pool, log, turn: options.keepRanks })
  const eraser = makeEraser({
    worker: id,
    pool,
    clickhouse: reads,
    database,
    cluster: options.clickhouse.cluster,
    log,
    unseal: options.unseal,
  })
  const maintainer = makeMaintainer({ worker: id, pool, log, ...options.archive })
  let listener: ReturnType<typeof listen> | undefined
  return {
    id,
    async start() {
      await checkStored(pool)
      if (options.alone) await releaseAbandoned(pool)
      listener = listen(pool, 'throughline_inbox', () => loop.wake(), log)
      loop.start()
      exporter.start()
      filler.start()
      sweeper.start()
      ranker?.start()
      maintainer.start()
      eraser.start()
    },
    async stop() {
      await Promise.all([
        listener?.stop(),
        loop.stop(),
        exporter.stop(),
        filler.stop(),
        sweeper.stop(),
        ranker?.stop(),
        maintainer.stop(),
        eraser.stop(),
      ])
      await Promise.all([inserts.close(), reads.close()])
    },
    wake: () => loop.wake(),
    isLiveWaiting: () => loop.isLiveWaiting(),
    status() {
      const [liveBehind, bulkBehind] = loop.behind()
      return {
        worker: id,
        ...loop.state(),
        shards: [...loop.leases.held.keys()].sort((a, b) => a - b),
        lagMs: meters.lagMs(),
        liveBehind,
        bulkBehind,
        export: exporter.status(),
      }
    },
  }
}
