import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { startEmbeddedClickHouse, type EmbeddedClickHouse } from '../platform/clickhouse/index.ts'
import { EmbeddedError, lockFolder, type FolderLock } from '../platform/embedded/index.ts'
import type { Logger } from '../platform/log/index.ts'
import { makePool, migrate, startEmbeddedPostgres, type EmbeddedPostgres, type Pool } from '../platform/postgres/index.ts'
import { ConfigError, maskAddress, type Config } from './config.ts'
import { readServerFile } from './server-file.ts'

/** What the operator sees of one store. */
export interface StoreState {
  readonly embedded: boolean
  /** How often an embedded store was started again after it ended by itself. */
  readonly restarts: number
  readonly ready: boolean
  readonly pid: number | undefined
}

export interface Stores {
  readonly pool: Pool
  readonly databaseUrl: string
  /** For `makeClickHouse`. The store behind it may be away: only the export and analytics wait for it. */
  readonly clickhouseUrl: string
  postgres(): StoreState
  clickhouse(): StoreState
  /** Closes the pool and stops what was started here. */
  close(): Promise<void>
}

/**
 * Starts the embedded stores or connects to those of the configuration, and migrates PostgreSQL.
 * When it throws, nothing of it is left running.
 * @param check what else has to hold before anything is started; runs once the data folder is ours
 */
export async function openStores(config: Config, log: Logger, check?: () => Promise<void>): Promise<Stores> {
  const opened: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const undo of opened.splice(0).reverse()) await undo()
  }
  try {
    makeDataFolder(config.dataDir)
    if (config.databaseUrl === undefined || config.clickhouseUrl === undefined) {
      const lock = takeFolder(config.dataDir)
      opened.push(() => lock.release())
    }
    await check?.()
    // Both at once: starting them is most of the time until ready.
    const [postgres, clickhouse] = await startBoth(config, log, opened)
    const databaseUrl = config.databaseUrl ?? postgres!.url
    const clickhouseUrl = config.clickhouseUrl ?? clickhouse!.url
    const pool = makePool(databaseUrl, { max: config.databaseConnections, log })
    opened.push(() => pool.end())
    if (config.databaseUrl !== undefined) await tryDatabase(pool, config.databaseUrl)
    const { applied, version } = await migrate(pool)
    if (applied.length > 0) log.info({ applied, version }, 'migrated the database')
    return { pool, databaseUrl, clickhouseUrl, postgres: () => stateOf(postgres), clickhouse: () => stateOf(clickhouse), close }
  } catch (error) {
    await close()
    throw error
  }
}

type Started = [EmbeddedPostgres | undefined, EmbeddedClickHouse | undefined]

async function startBoth(config: Config, log: Logger, opened: (() => Promise<void> | void)[]): Promise<Started> {
  const results = await Promise.allSettled([
    config.databaseUrl === undefined ? startEmbeddedPostgres({ folder: join(config.dataDir, 'postgres'), log }) : undefined,
    config.clickhouseUrl === undefined
      ? startEmbeddedClickHouse({ folder: join(config.dataDir, 'clickhouse'), log, memoryBytes: config.clickhouseMemory * 2 ** 20 })
      : undefined,
  ])
  for (const result of results) {
    const store = result.status === 'fulfilled' ? result.value : undefined
    if (store) opened.push(() => store.stop())
  }
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return results.map((result) => (result.status === 'fulfilled' ? result.value : undefined)) as Started
}

function makeDataFolder(folder: string): void {
  try {
    // One after another: made recursively, Node never comes back from a place in which nothing can be made, such as /proc.
    const missing: string[] = []
    for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at)
    for (const path of missing) mkdirSync(path, { mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new ConfigError([
      `THROUGHLINE_DATA_DIR is "${folder}", which cannot be made or used (${(error as NodeJS.ErrnoException).code}); allowed: a folder that this program may write to.`,
    ])
  }
}

async function tryDatabase(pool: Pool, url: string): Promise<void> {
  const version = await pool
    .query<{ version: number }>(`select current_setting('server_version_num')::int as version`)
    .then(({ rows }) => rows[0]?.version ?? 0)
    .catch((error: unknown) => (error as Error).message)
  if (typeof version === 'number' && version >= 150_000) return
  const reason =
    typeof version === 'number' ? `is PostgreSQL ${Math.floor(version / 10_000)}` : `cannot be used (${version.replace(/\.$/, '')})`
  throw new ConfigError([
    `DATABASE_URL is ${maskAddress(url) ?? 'an address (not shown, as a password may stand in it)'}, which ${reason}; allowed: the address of a PostgreSQL 15 or later that can be reached from here, with a database that exists and a user who may create tables in it.`,
  ])
}

function takeFolder(folder: string): FolderLock {
  try {
    return lockFolder(folder)
  } catch (error) {
    const running = error instanceof EmbeddedError && error.code === 'folder_in_use' ? readServerFile(folder) : null
    if (running === null) throw error
    throw new EmbeddedError(
      'folder_in_use',
      `Throughline runs already with the data folder ${folder}: process ${running.pid}, at ${running.address}. Use that one, or stop it first (Ctrl-C there, or kill ${running.pid}); another beside it needs a folder of its own with --data-dir (THROUGHLINE_DATA_DIR) and another --port.`,
      { cause: error },
    )
  }
}

function stateOf(store: EmbeddedPostgres | EmbeddedClickHouse | undefined): StoreState {
  return store
    ? { embedded: true, restarts: store.restarts(), ready: store.isReady(), pid: store.pid() }
    : { embedded: false, restarts: 0, ready: true, pid: undefined }
}

/** Bytes that are free on the disk of the embedded stores; null when both stores are elsewhere. */
export async function readFreeBytes(config: Pick<Config, 'dataDir' | 'databaseUrl' | 'clickhouseUrl'>): Promise<number | null> {
  if (config.databaseUrl !== undefined && config.clickhouseUrl !== undefined) return null
  const { bavail, bsize } = await statfs(config.dataDir)
  return bavail * bsize
}
