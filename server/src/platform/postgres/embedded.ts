import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { endProcess, findFreePort, isAlive, superviseProcess, workingFolderOf } from '../embedded/index.ts'
import type { Logger } from '../log/index.ts'
import { chooseAccount, giveTo, isRoot, namedAccount, type Account } from './account.ts'
import { preparePostgresBinaries } from './binaries.ts'
import { PostgresError } from './errors.ts'
import { chooseSettings } from './tuning.ts'

export interface EmbeddedPostgres {
  /** Connects to our database, with the password in it. Stays the same when the server is started again. */
  readonly url: string
  pid(): number | undefined
  /** How often the server was started again after it ended by itself. */
  restarts(): number
  isReady(): boolean
  stop(): Promise<void>
}

const USER = 'throughline'
const DATABASE = 'throughline'

/**
 * Starts the PostgreSQL that npm brought along on the files in a folder, and keeps it running until `stop`.
 * The first start makes the files. A server left behind by a crash of ours is ended first. Only this process can
 * connect: loopback, SCRAM, and a random password that is kept in the folder.
 * @param options.folder where its files are kept; made when it does not exist
 * @param options.programs where the programs are copied to; default `folder`
 * @param options.durable false only for tests
 * @throws EmbeddedError `embedded_unsupported`, `embedded_start_failed`; PostgresError `cluster_version`, `cluster_owner`
 */
export async function startEmbeddedPostgres(options: {
  folder: string
  log: Logger
  programs?: string
  durable?: boolean
}): Promise<EmbeddedPostgres> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const folder = realpathSync(options.folder)
  const cluster = join(folder, 'cluster')
  const programs = preparePostgresBinaries(options.programs ?? folder)
  const password = readPassword(folder)
  if (!existsSync(join(cluster, 'PG_VERSION'))) createCluster(cluster, programs.folder, password, options.durable !== false)
  checkVersion(cluster, programs.version)
  const account = findAccount(cluster)
  const logPath = join(folder, 'postgres.log')
  const port = await findFreePort()
  const settings = chooseSettings(port, options.durable !== false)
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const makeUrl = (database: string) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`

  const process_ = superviseProcess({
    name: 'postgres',
    log: options.log,
    async spawn() {
      await endLeftover(cluster, options.log)
      const output = openLog(logPath)
      try {
        // Own process group: Ctrl-C in the terminal reaches us alone, and we stop the server when nothing needs it any more.
        return spawn(join(programs.folder, 'bin/postgres'), ['-D', nameFolder(cluster), ...flags], {
          cwd: cluster,
          env: { LANG: 'C', TZ: 'UTC' },
          stdio: ['ignore', output, output],
          detached: true,
          ...account,
        })
      } finally {
        closeSync(output)
      }
    },
    probe: () => ask(makeUrl('postgres'), 'select 1').then(() => undefined),
    lastWords: () => readTail(logPath, 1_500),
    stopSignals: [
      ['SIGINT', 20_000],
      ['SIGQUIT', 5_000],
    ],
    readyTimeoutMs: 60_000,
  })
  await process_.start()
  try {
    const found = await ask(makeUrl('postgres'), `select 1 from pg_database where datname = '${DATABASE}'`)
    if (found.rowCount === 0) await ask(makeUrl('postgres'), `create database ${DATABASE}`)
  } catch (error) {
    await process_.stop()
    throw error
  }
  return { url: makeUrl(DATABASE), pid: process_.pid, restarts: process_.restarts, isReady: process_.isReady, stop: process_.stop }
}

// The server may be closed out of the folders above its own. On Linux it then names its folder by this link of its own
// process, which leads straight to the folder it works in (PostgreSQL never works anywhere else).
function nameFolder(cluster: string): string {
  return isRoot() && process.platform === 'linux' ? '/proc/self/cwd' : cluster
}

function createCluster(cluster: string, programs: string, password: string, durable: boolean): void {
  const draft = `${cluster}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { mode: 0o700 })
  const owner = isRoot() ? chooseAccount(draft) : undefined
  const maker = owner ? namedAccount() : undefined
  const passwordFolder = mkdtempSync(join(tmpdir(), 'throughline-'))
  try {
    const passwordFile = join(passwordFolder, 'password')
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (maker) for (const path of [draft, passwordFolder, passwordFile]) chownSync(path, maker.uid, maker.gid)
    const made = spawnSync(
      join(programs, 'bin/initdb'),
      [
        '-D',
        nameFolder(draft),
        '-U',
        USER,
        '--pwfile',
        passwordFile,
        '--auth',
        'scram-sha-256',
        '--encoding',
        'UTF8',
        '--locale',
        'C',
        '--locale-provider',
        'builtin',
        '--builtin-locale',
        'C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { cwd: draft, env: { LANG: 'C', TZ: 'UTC' }, encoding: 'utf8', ...maker },
    )
    if (made.status !== 0)
      throw new Error(`PostgreSQL could not make its files in ${cluster}: ${made.error?.message ?? made.stderr.trim()}`)
    if (owner) giveTo(draft, owner)
    renameSync(draft, cluster)
  } finally {
    rmSync(passwordFolder, { recursive: true, force: true })
  }
}

function checkVersion(cluster: string, version: string): void {
  const made = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  const have = version.split('.')[0]
  if (made !== have) {
    throw new PostgresError(
      'cluster_version',
      `The files in ${cluster} were made by PostgreSQL ${made}; this release brings PostgreSQL ${have}. Start the release that made them and move the data, or set DATABASE_URL.`,
    )
  }
}

function findAccount(cluster: string): Partial<Account> {
  const { uid, gid } = statSync(cluster)
  if (uid === process.getuid?.()) return {}
  if (isRoot()) return { uid, gid }
  throw new PostgresError(
    'cluster_owner',
    `The files in ${cluster} belong to user id ${uid}, and this program runs as ${process.getuid?.()}. Run it as the user who made them, or choose another folder with --data-dir (THROUGHLINE_DATA_DIR).`,
  )
}

/** Ends a server that a crashed program of ours left running on these files. */
async function endLeftover(cluster: string, log: Logger): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid')
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0
  if (!(pid > 0)) return
  // Of a dead server the file stays: PostgreSQL reads from it whether children of that server are still at work.
  if (!isAlive(pid)) return
  if (workingFolderOf(pid) === cluster) {
    log.info({ pid }, 'ending the PostgreSQL that an earlier run left behind')
    await endProcess(pid, [
      ['SIGINT', 20_000],
      ['SIGQUIT', 5_000],
      ['SIGKILL', 5_000],
    ])
  } else {
    // The number belongs to somebody else's process by now, which would keep PostgreSQL from starting.
    rmSync(pidFile, { force: true })
  }
}

function readPassword(folder: string): string {
  const path = join(folder, 'password')
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('hex'), { mode: 0o600 })
  chmodSync(path, 0o600)
  return readFileSync(path, 'utf8').trim()
}

function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > 10 * 2 ** 20) renameSync(path, `${path}.old`)
  return openSync(path, 'a', 0o600)
}

function readTail(path: string, bytes: number): string {
  const file = openSync(path, 'r')
  try {
    const start = Math.max(0, fstatSync(file).size - bytes)
    const buffer = Buffer.alloc(bytes)
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, bytes, start)).trim()
  } finally {
    closeSync(file)
  }
}

async function ask(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end().catch(() => undefined)
  }
}
