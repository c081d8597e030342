import type { Settings } from '@throughline/contracts'
import { loadSettings, makeSources, setUpWorkspace, type Sources } from '../accounts/index.ts'
import { makeFeed, makeLinks, saveProvider, type ChannelDeps, type Feed } from '../channels/index.ts'
import { makeAccepter, unmergeProfiles, type Accepter } from '../ingest/index.ts'
import { makeClickHouse, type ClickHouse } from '../platform/clickhouse/index.ts'
import { makeFigure } from '../platform/figure/index.ts'
import { checkPort } from '../platform/http/index.ts'
import { makeLog, type Logger, type LogRing } from '../platform/log/index.ts'
import { makeMetrics, type Registry } from '../platform/metrics/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { makeSafeFetch, type SafeOpen } from '../platform/safe-fetch/index.ts'
import { makeSecrets, readSecretKey, type Secrets } from '../platform/secrets/index.ts'
import type { Config } from './config.ts'
import { smtpOf } from './first-provider.ts'
import { startHealth } from './health.ts'
import { startServer, type RunningServer } from './serve.ts'
import { openStores, type Stores } from './stores.ts'
import { startWork, type RunningWork } from './work.ts'

/** What one process does. */
export interface Roles {
  /** Answers HTTP: events in, the management API, links, the console. */
  readonly serve: boolean
  /** Leases shards, sends messages, exports, keeps house. */
  readonly work: boolean
}

/** What every part of a process shares. */
export interface Ground {
  readonly config: Config
  readonly log: Logger
  readonly ring: LogRing
  readonly metrics: Registry
  readonly stores: Stores
  readonly pool: Pool
  readonly clickhouse: ClickHouse
  /** For long reading, which stands in nobody's way. */
  readonly history: ClickHouse
  readonly secrets: Secrets
  readonly sources: Sources
  readonly accepter: Accepter
  readonly feed: Feed
  readonly channelDeps: ChannelDeps
  /** Gets files from addresses that a user typed in. */
  readonly safeOpen: SafeOpen
  /** The workspace's settings, at most about a second old. */
  readonly settings: () => Promise<Settings>
  readonly unmergeProfiles: (merge: string) => Promise<unknown>
}

export interface Running {
  /** Under which this machine reaches the server, or what a worker says about its health. */
  readonly address: string
  /** The token of commands on this machine; empty without a server. */
  readonly localToken: string
  readonly log: Logger
  readonly stores: Stores
  /**
   * Stops in the order in which nothing is lost: no more requests, shards are given back, hand-overs end, what was
   * accepted becomes durable, then the stores.
   */
  stop(): Promise<void>
}

type Undo = () => Promise<unknown> | unknown

/**
 * Starts this process in its roles and says on standard output how to get in.
 * Throws what the operator should read (ConfigError, ListenError, EmbeddedError, PostgresError …); nothing is left running then.
 * @param options.print where the welcome goes; standard output by default
 */
export async function startThroughline(
  config: Config,
  roles: Roles,
  options: { print?: (text: string) => void; log?: { log: Logger; ring: LogRing } } = {},
): Promise<Running> {
  const { log, ring } = options.log ?? makeLog({ level: config.logLevel, format: config.logFormat })
  const undo: Undo[] = []
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        log.error({ err: error }, 'could not stop a part cleanly')
      }
    }
  }
  try {
    const stores = await openStores(config, log, roles.serve ? () => checkPort(config) : undefined)
    undo.push(() => stores.close())
    const ground = await layGround({ config, log, ring, stores }, undo)
    let work: RunningWork | null = null
    if (roles.work) {
      work = await startWork(ground, { alone: config.databaseUrl === undefined })
      undo.push(work.stop)
    }
    let server: RunningServer | null = null
    if (roles.serve) {
      server = await startServer(ground, { providers: work?.providers ?? null })
      undo.push(server.stop)
    }
    // The worker's own port is opened last, as the server's is: who asks there learns that all of it runs.
    const health = roles.serve ? null : await startHealth(ground)
    if (health !== null) undo.push(health.stop)
    const print = options.print ?? ((text: string) => void process.stdout.write(text))
    print(
      server?.welcome ?? `Throughline worker ${work?.id ?? ''} is running; its health is at ${health?.address}/readyz. Ctrl-C stops it.\n`,
    )
    return { address: server?.address ?? health?.address ?? '', localToken: server?.localToken ?? '', log, stores, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function layGround(given: Pick<Ground, 'config' | 'log' | 'ring' | 'stores'>, undo: Undo[]): Promise<Ground> {
  const { config, log, stores } = given
  const { pool } = stores
  const metrics = makeMetrics()
  const secrets = makeSecrets(readSecretKey(config.dataDir, config.secretKey))
  const clickhouse = makeClickHouse(stores.clickhouseUrl, 'interactive')
  undo.push(() => clickhouse.close())
  const history = makeClickHouse(stores.clickhouseUrl, 'bulk')
  undo.push(() => history.close())
  const sources = makeSources({ pool, sealer: secrets })
  undo.push(() => sources.close())
  await setUpWorkspace(pool, sources, config, config.baseUrl ?? `http://127.0.0.1:${config.port}`)
  const smtp = smtpOf(config)
  if (smtp !== null) await saveProvider(pool, secrets, smtp)
  const accepter = makeAccepter({ pool, log, metrics, hash: (key) => secrets.hmac('forgotten', key) })
  undo.push(() => accepter.close())
  const feed = makeFeed({ pool, log })
  const safeFetch = makeSafeFetch(config.allowPrivateAddresses)
  undo.push(() => safeFetch.close())
  return {
    ...given,
    metrics,
    pool,
    clickhouse,
    history,
    secrets,
    sources,
    accepter,
    feed,
    channelDeps: { pool, links: makeLinks(secrets), onNotification: (profileId) => feed.wake(profileId), fetch: safeFetch.fetch },
    safeOpen: safeFetch.open,
    settings: makeFigure(() => loadSettings(pool), 1_000),
    unmergeProfiles: (merge) => unmergeProfiles(pool, merge),
  }
}
