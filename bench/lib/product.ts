import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stopAtEnd } from './ending.ts'

const WRITE_KEY = 'bench-write-key'
const API_KEY = 'bench-api-key-0123456789'

/** What `npm start` starts, on stores of its own, as one process after another. */
export interface Product {
  /** The process that serves and works. */
  readonly pid: number
  /** GETs a route, or POSTs `body` to it: JSON, or bytes as they come. */
  ask(path: string, body?: object | Blob): Promise<unknown>
  /** Until everything was taken and exported. @param seconds how long that may last */
  untilQuiet(seconds: number): Promise<void>
  stop(): Promise<void>
}

export interface ProcessMemory {
  readonly name: string
  /** Shared pages counted once (PSS). */
  readonly mib: number
  /** Resident, shared pages included. */
  readonly rss: number
}

/** Starts the built product, which lies beside the built bench, and waits until it is ready. */
export async function startProduct(): Promise<Product> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'))
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [fileURLToPath(new URL('./throughline.js', import.meta.url)), 'start'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      THROUGHLINE_DATA_DIR: folder,
      THROUGHLINE_PORT: String(port),
      THROUGHLINE_WRITE_KEY: WRITE_KEY,
      THROUGHLINE_API_KEY: API_KEY,
      THROUGHLINE_LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
    },
  })
  const stop = stopAtEnd(async () => {
    child.kill('SIGTERM')
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(undefined)))
    rmSync(folder, { recursive: true, force: true })
  })

  async function ask(path: string, body?: object | Blob): Promise<unknown> {
    const authorization = path.startsWith('/api/') ? `Bearer ${API_KEY}` : `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`
    const isFile = body instanceof Blob
    const answer = await fetch(address + path, {
      headers: { authorization, 'content-type': isFile ? 'application/octet-stream' : 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: isFile ? body : JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`)
    return answer.json()
  }

  async function untilReady(): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if (
        await fetch(`${address}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        )
      )
        return
      if (child.exitCode !== null) throw new Error(`throughline ended with ${child.exitCode}`)
      await sleep(100)
    }
    throw new Error('throughline was not ready within a minute')
  }

  try {
    await untilReady()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    pid: child.pid!,
    ask,
    async untilQuiet(seconds) {
      for (const end = Date.now() + seconds * 1_000; Date.now() < end; await sleep(100)) {
        const status = (await ask('/api/status')) as { inboxBehind: number; exportBehind: number }
        if (status.inboxBehind === 0 && status.exportBehind === 0) return
      }
      throw new Error(`the events were not worked off within ${seconds} s`)
    },
    stop,
  }
}

/** A process and every one below it; Linux, proc(5). */
export function memoryOf(root: number): ProcessMemory[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    const parent = /^\d+$/.test(entry) ? /^PPid:\s+(\d+)/m.exec(read(`/proc/${entry}/status`))?.[1] : undefined
    if (parent !== undefined) parents.set(Number(entry), Number(parent))
  }
  const isOurs = (pid: number): boolean => pid === root || (parents.has(pid) && isOurs(parents.get(pid)!))
  return [...parents.keys()].filter(isOurs).map((pid) => {
    const rollup = read(`/proc/${pid}/smaps_rollup`)
    const kib = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0)
    return { name: read(`/proc/${pid}/comm`).trim(), mib: kib('Pss') / 1_024, rss: kib('Rss') / 1_024 }
  })
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: found } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return found
}
