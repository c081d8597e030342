import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { findHistoryLost } from '../pipeline/index.ts'
import { isDatabaseMissing, makeClickHouse, type ClickHouse } from '../platform/clickhouse/index.ts'
import { findMigrations, makePool } from '../platform/postgres/index.ts'
import { readSecretKey } from '../platform/secrets/index.ts'
import type { Config } from './config.ts'
import { readServerFile } from './server-file.ts'

export interface Finding {
  readonly name: string
  readonly ok: boolean
  /** What was found and, when it is a problem, what to do. */
  readonly detail: string
}

const LEAST_FREE_BYTES = 2 * 2 ** 30

/** Looks at what a start needs, one thing after another; a thing that cannot be looked at is a finding too. */
export async function examine(config: Config): Promise<Finding[]> {
  const looks: [string, () => Promise<string> | string][] = [
    ['Node.js', lookAtNode],
    ['data folder', () => lookAtFolder(config.dataDir)],
    ['free space', () => lookAtSpace(config.dataDir)],
    ['secret key', () => lookAtSecretKey(config)],
    ['server', () => lookAtServer(config)],
    ['PostgreSQL', () => lookAtPostgres(config)],
    ['ClickHouse', () => lookAtClickHouse(config)],
  ]
  const findings: Finding[] = []
  for (const [name, look] of looks) {
    try {
      findings.push({ name, ok: true, detail: await look() })
    } catch (error) {
      findings.push({ name, ok: false, detail: (error as Error).message })
    }
  }
  return findings
}

function lookAtNode(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`${process.versions.node} is too old; install 20.19 or later.`)
  return process.versions.node
}

function lookAtFolder(folder: string): string {
  let at = folder
  while (!existsSync(at)) at = dirname(at)
  try {
    accessSync(at, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    throw new Error(
      `${at} cannot be written to by this user; choose another folder with --data-dir (THROUGHLINE_DATA_DIR) or change its owner.`,
    )
  }
  return at === folder ? folder : `${folder} (made at the first start)`
}

function lookAtSpace(folder: string): string {
  let at = folder
  while (!existsSync(at)) at = dirname(at)
  const { bavail, bsize } = statfsSync(at)
  const free = bavail * bsize
  const text = `${(free / 2 ** 30).toFixed(1)} GiB free`
  if (free < LEAST_FREE_BYTES)
    throw new Error(`${text}; make room, or move the data folder to a larger disk. Below 2 GiB the stores may stop.`)
  return text
}

function lookAtSecretKey(config: Config): string {
  if (config.secretKey === undefined && !existsSync(config.dataDir)) return 'made at the first start'
  readSecretKey(config.dataDir, config.secretKey)
  return config.secretKey === undefined ? 'secret.key in the data folder; keep a copy of it in a safe place' : 'from THROUGHLINE_SECRET_KEY'
}

async function lookAtServer(config: Config): Promise<string> {
  const running = readServerFile(config.dataDir)
  if (running) {
    const response = await fetch(`${running.address}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    if (!response)
      throw new Error(
        `${running.address} should answer (process ${running.pid}) and does not. If that process is gone, start again; the file is then replaced.`,
      )
    const { status, checks } = (await response.json()) as { status: string; checks: Record<string, string> }
    if (status === 'ready') return `running at ${running.address}, ready`
    throw new Error(
      `running at ${running.address}, ${status}: ${Object.entries(checks)
        .map(([name, state]) => `${name} ${state}`)
        .join(', ')}. The log says why.`,
    )
  }
  const taken = await new Promise<boolean>((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(true))
    probe.listen(config.port, config.host, () => probe.close(() => resolve(false)))
  })
  if (taken)
    throw new Error(`Port ${config.port} on ${config.host} is taken by another program; choose another with --port (THROUGHLINE_PORT).`)
  return `not running; port ${config.port} is free`
}

async function lookAtPostgres(config: Config): Promise<string> {
  if (config.databaseUrl === undefined) return 'embedded; started with the server'
  const pool = makePool(config.databaseUrl, { max: 1 })
  try {
    const { rows } = await pool.query<{ version: string; number: number }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
    )
    const { version = '', number = 0 } = rows[0] ?? {}
    if (number < 150_000) throw new Error(`version ${version} is too old; 15 or later is needed.`)
    const schema = await pool
      .query<{ version: number | null }>('select max(version) as version from schema_migrations')
      .catch(() => undefined)
    const standing = schema?.rows[0]?.version ?? 0
    const newest = findMigrations().length
    if (standing > newest) throw new Error(`has schema version ${standing}, this release knows ${newest}; start the newer release.`)
    return `version ${version}, schema ${standing} of ${newest}${standing < newest ? ' (brought up to date at the next start)' : ''}`
  } catch (error) {
    throw new Error(`DATABASE_URL: ${(error as Error).message}`, { cause: error })
  } finally {
    await pool.end()
  }
}

async function lookAtClickHouse(config: Config): Promise<string> {
  if (config.clickhouseUrl === undefined) return 'embedded; started with the server'
  const client = makeClickHouse(config.clickhouseUrl, 'interactive')
  try {
    const result = await client.query({ query: 'select version() as version', format: 'JSONEachRow' })
    const [row] = await result.json<{ version: string }>()
    const lost = await lookAtHistory(config, client)
    if (lost !== null) throw new Error(lost)
    return `version ${row?.version ?? 'unknown'}`
  } catch (error) {
    const lost = isDatabaseMissing(error) ? await lookAtHistory(config, client) : null
    if (lost !== null) throw new Error(`CLICKHOUSE_URL: ${lost}`, { cause: error })
    if (isDatabaseMissing(error)) return `${new URL(config.clickhouseUrl).pathname.slice(1)} is not there yet; made at the first start`
    throw new Error(
      `CLICKHOUSE_URL: ${(error as Error).message}. Events are taken and messages sent without it; history and analytics wait.`,
      { cause: error },
    )
  } finally {
    await client.close()
  }
}

/** Whether an own ClickHouse is the history of an own PostgreSQL; an embedded one is asked by the server that runs it. */
async function lookAtHistory(config: Config, clickhouse: ClickHouse): Promise<string | null> {
  if (config.databaseUrl === undefined) return null
  const pool = makePool(config.databaseUrl, { max: 1 })
  try {
    // A PostgreSQL that is away, or new, says nothing here: it has a line of its own.
    return await findHistoryLost(pool, clickhouse).catch(() => null)
  } finally {
    await pool.end()
  }
}
