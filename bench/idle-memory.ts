import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stopAtEnd } from './lib/ending.ts'
import { report } from './lib/report.ts'

/*
 * Memory of everything that `throughline start` runs, some time after it was used: events came in and were worked on, and
 * the console's pages were asked for. Shared pages count once (PSS): PostgreSQL's processes share their buffers.
 */
const EVENTS = 20_000
const QUIET_MS = 40_000
const WRITE_KEY = 'bench-write-key'
const API_KEY = 'bench-api-key-0123456789'

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
try {
  await untilReady()
  const fresh = memoryOf(child.pid!)
  await send(EVENTS)
  await untilQuiet()
  for (const path of ['overview', 'people', 'events', 'messages', 'segments', 'journeys', 'status']) await ask(`/api/${path}`)
  const busy = memoryOf(child.pid!)
  await sleep(QUIET_MS)
  const idle = memoryOf(child.pid!)
  report({
    bench: 'idle-memory',
    value: total(idle),
    unit: 'MiB',
    reference: total(fresh),
    detail: {
      reference: 'the same, right after the start',
      events: EVENTS,
      idleMs: QUIET_MS,
      rightAfterUse: Math.round(total(busy)),
      processes: idle.map(({ name, mib }) => `${name} ${Math.round(mib)}`),
      sumOfResident: Math.round(idle.reduce((sum, one) => sum + one.rss, 0)),
    },
  })
} finally {
  await stop()
}

interface ProcessMemory {
  readonly name: string
  readonly mib: number
  readonly rss: number
}

/** Every process below this one and itself; Linux, proc(5). */
function memoryOf(root: number): ProcessMemory[] {
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

function total(processes: readonly ProcessMemory[]): number {
  return processes.reduce((sum, one) => sum + one.mib, 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function ask(path: string, body?: unknown): Promise<unknown> {
  const authorization = path.startsWith('/api/') ? `Bearer ${API_KEY}` : `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`
  const answer = await fetch(address + path, {
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`)
  return answer.json()
}

async function send(count: number): Promise<void> {
  await ask('/api/definitions', {
    definitions: [
      {
        kind: 'segment',
        id: 'viewers',
        name: 'Viewers',
        where: { kind: 'event', event: 'Product Viewed', times: { op: 'at-least', n: 2 }, within: '30 days' },
      },
    ],
  })
  for (let from = 0; from < count; from += 250) {
    const batch = Array.from({ length: 250 }, (_, i) => ({
      type: 'track',
      event: 'Product Viewed',
      anonymousId: `visitor-${(from + i) % 3_000}`,
      messageId: `m${from + i}`,
      properties: { category: 'shirts', price: 4995 },
    }))
    await ask('/v1/batch', { batch })
  }
}

/** Until everything was taken and exported. */
async function untilQuiet(): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const status = (await ask('/api/status')) as { inboxBehind: number; exportBehind: number }
    if (status.inboxBehind === 0 && status.exportBehind === 0) return
    await sleep(100)
  }
  throw new Error('the events were not worked off within a minute')
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

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: found } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return found
}
