import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedError, endProcess, findFreePort, isAlive, superviseProcess, workingFolderOf } from '../embedded/index.ts'
import type { Logger } from '../log/index.ts'

export interface EmbeddedClickHouse {
  /** For `makeClickHouse`, with the password in it. Stays the same when the child is started again. */
  readonly url: string
  pid(): number | undefined
  /** How often the child was started again after it ended by itself. */
  restarts(): number
  isReady(): boolean
  stop(): Promise<void>
}

/** What the child is told when it starts; sent over the channel between the processes, where nobody else reads. */
export interface ChildOptions {
  readonly folder: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** Bytes the engine may take in all. */
  readonly memoryBytes: number
}

const DATABASE = 'throughline'

/**
 * Starts the ClickHouse engine that npm brought along (`chdb`) in a child process that speaks ClickHouse's HTTP
 * interface on loopback, and keeps it running until `stop`. The child ends itself when this process is gone.
 * @param options.folder where its files are kept; made when it does not exist
 * @throws EmbeddedError `embedded_unsupported`, `embedded_start_failed`
 */
export async function startEmbeddedClickHouse(options: { folder: string; log: Logger; memoryBytes?: number }): Promise<EmbeddedClickHouse> {
  mkdirSync(join(options.folder, 'data'), { recursive: true, mode: 0o700 })
  const folder = realpathSync(options.folder)
  const pidFile = join(folder, 'clickhouse.pid')
  const logPath = join(folder, 'clickhouse.log')
  const settings: ChildOptions = {
    folder: join(folder, 'data'),
    port: await findFreePort(),
    user: 'throughline',
    password: randomBytes(24).toString('hex'),
    memoryBytes: options.memoryBytes ?? 2 * 2 ** 30,
  }
  const script = findScript()
  const base = `http://127.0.0.1:${settings.port}`

  const child = superviseProcess({
    name: 'clickhouse',
    log: options.log,
    async spawn() {
      await endLeftover(pidFile, folder)
      const output = openLog(logPath)
      try {
        const started = spawn(process.execPath, ['--max-old-space-size=512', script], {
          cwd: folder,
          // One thread a session, so that no lane waits for another.
          env: { ...process.env, UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
          stdio: ['ignore', output, output, 'ipc'],
          detached: true,
        })
        started.on('error', () => undefined)
        started.send(settings, () => undefined)
        if (started.pid) writeFileSync(pidFile, `${started.pid}\n`, { mode: 0o600 })
        return started
      } finally {
        closeSync(output)
      }
    },
    async probe() {
      const response = await fetch(`${base}/ping`, { signal: AbortSignal.timeout(2_000) })
      if (!response.ok) throw new Error(await response.text())
    },
    lastWords: () => readFileSync(logPath, 'utf8').slice(-1_500).trim(),
    stopSignals: [['SIGTERM', 15_000]],
    readyTimeoutMs: 60_000,
  })
  await child.start()
  const url = `http://${settings.user}:${settings.password}@127.0.0.1:${settings.port}/${DATABASE}`
  return {
    url,
    pid: child.pid,
    restarts: child.restarts,
    isReady: child.isReady,
    async stop() {
      await child.stop()
      rmSync(pidFile, { force: true })
    },
  }
}

// Built beside the server's bundle; run from its sources (tests), the server finds the same file in dist.
function findScript(): string {
  for (const place of ['./clickhouse-child.js', '../../../dist/clickhouse-child.js']) {
    const path = fileURLToPath(new URL(place, import.meta.url))
    if (existsSync(path)) return path
  }
  throw new EmbeddedError('embedded_start_failed', 'The program clickhouse-child.js is not built. Run npm run build.')
}

/** A child ends itself when its parent is gone; one that could not (stopped in a debugger, say) is ended here. */
async function endLeftover(pidFile: string, folder: string): Promise<void> {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
  if (pid > 0 && isAlive(pid) && workingFolderOf(pid) === folder)
    await endProcess(pid, [
      ['SIGTERM', 8_000],
      ['SIGKILL', 5_000],
    ])
}

function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > 10 * 2 ** 20) renameSync(path, `${path}.old`)
  return openSync(path, 'a', 0o600)
}
