import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, cpSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../../src/platform/embedded/index.ts'

export const keys = { writeKey: 'wk_faults_write_key', apiKey: 'tl_faults_key_of_the_environment' } as const

export interface Process {
  readonly address: string
  readonly pid: number
  isRunning(): boolean
  /** Resolves when /readyz answers 200; a process without a server is ready at once. */
  ready(): Promise<void>
  kill(): Promise<void>
  /** Asks it to stop, and waits until it has; answers its exit code. */
  stop(): Promise<number | null>
}

const FROZEN = 'server/dist/faults'

/** Copies the built program, so that all its starts are of one and the same, whatever is built meanwhile. */
export function freezeProduct(): void {
  rmSync(FROZEN, { recursive: true, force: true })
  for (const part of ['throughline.js', 'throughline.js.map', 'clickhouse-child.js', 'migrations'])
    cpSync(join('server/dist', part), join(FROZEN, part), { recursive: true })
}

/** Starts the built program as an operator would. What it says goes to a file of the folder. */
export async function startProduct(
  command: 'start' | 'serve' | 'work',
  place: { folder: string; name: string; environment: Record<string, string>; port?: number },
): Promise<Process> {
  const port = place.port ?? (await findFreePort())
  const output = openSync(join(place.folder, `${place.name}.log`), 'a')
  const child: ChildProcess = spawn(process.execPath, [join(FROZEN, 'throughline.js'), command], {
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      THROUGHLINE_PORT: String(port),
      THROUGHLINE_DATA_DIR: join(place.folder, 'data'),
      THROUGHLINE_WRITE_KEY: keys.writeKey,
      THROUGHLINE_API_KEY: keys.apiKey,
      THROUGHLINE_LOG_LEVEL: 'warn',
      ...place.environment,
    },
  })
  closeSync(output)
  const ended = once(child, 'exit')
  const address = `http://127.0.0.1:${port}`
  const isRunning = () => child.exitCode === null && child.signalCode === null
  return {
    address,
    pid: child.pid!,
    isRunning,
    async ready() {
      if (command === 'work') return
      for (const until = Date.now() + 300_000; ; await sleep(100)) {
        if (!isRunning() || Date.now() > until)
          throw new Error(
            `${place.name} did not become ready: ${readFileSync(join(place.folder, `${place.name}.log`), 'utf8').slice(-2_000)}`,
          )
        const response = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(20_000) }).catch(() => null)
        if (response?.ok) return
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async stop() {
      if (isRunning()) child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
  }
}

/** The processes whose command line names this folder, or that work in it (as PostgreSQL does), as Linux lists them. */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const at = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        return pid !== process.pid && at
      } catch {
        return false
      }
    })
}

/** The process of an embedded store: what its pid file says. */
export function storePid(dataDir: string, store: 'postgres' | 'clickhouse'): number {
  const file = store === 'postgres' ? 'postgres/cluster/postmaster.pid' : 'clickhouse/clickhouse.pid'
  return Number(readFileSync(join(dataDir, file), 'utf8').split('\n')[0])
}
