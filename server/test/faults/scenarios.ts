import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeClickHouse, startEmbeddedClickHouse } from '../../src/platform/clickhouse/index.ts'
import { makeSilentLog } from '../../src/platform/log/index.ts'
import { startEmbeddedPostgres } from '../../src/platform/postgres/index.ts'
import { campaign } from './campaign.ts'
import { startLoad } from './load.ts'
import { processesOf, startProduct, storePid, type Process } from './product.ts'
import { startSink } from './sink.ts'
import { call, definitions, verify, waitForQuiet } from './verify.ts'

export interface Outcome {
  readonly problems: readonly string[]
  /** What was done and found, in a line. */
  readonly summary: string
}

export interface Scenario {
  readonly name: string
  /** Why it cannot be run here, or null. */
  readonly unable?: () => string | null
  run(kills: number): Promise<Outcome>
}

const PEOPLE_A_SECOND = 15

/** A moment that nobody chose: between a half and one and a half of the given milliseconds. */
const moment = (ms: number): Promise<void> => sleep(ms * (0.5 + Math.random()))

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-faults-'))
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Server, worker and stores in one tree of processes; each part of it killed again and again under load. */
const embedded: Scenario = {
  name: 'embedded: kill -9 of the program, PostgreSQL and ClickHouse',
  run: (rounds) =>
    inFolder(async (folder) => {
      const sink = await startSink()
      const data = join(folder, 'data')
      const kills: number[] = []
      const begin = (port?: number) =>
        startProduct('start', {
          folder,
          name: 'start',
          environment: { THROUGHLINE_SMTP_URL: sink.url },
          ...(port === undefined ? {} : { port }),
        })
      let product = await begin()
      const port = Number(new URL(product.address).port)
      try {
        await product.ready()
        await call(product.address, 'applyDefinitions', { body: { definitions } })
        const load = startLoad('e', () => [product.address], PEOPLE_A_SECOND)
        for (let n = 0; n < rounds; n++) {
          await moment(1_500)
          kills.push(Date.now())
          await product.kill()
          product = await begin(port)
          await product.ready()
        }
        for (const store of ['clickhouse', 'postgres'] as const) {
          for (let n = 0; n < rounds; n++) {
            await moment(2_500)
            const victim = storePid(data, store)
            kills.push(Date.now())
            process.kill(victim, 'SIGKILL')
            await waitForAnother(data, store, victim)
          }
        }
        await product.ready()
        await load.finish()
        await waitForQuiet(product.address, load.people)
        const verdict = await verify(product.address, 'e', load.people, sink.received, kills)
        const problems = [...verdict.problems]
        const code = await product.stop()
        if (code !== 0) problems.push(`It ended with code ${code} after SIGTERM.`)
        const left = processesOf(data)
        if (left.length > 0) problems.push(`It left the processes ${left.join(', ')}.`)
        return {
          problems,
          summary: `${kills.length} kills, ${load.people} people, ${verdict.events} events each once, ${verdict.repeated} mails repeated under their Message-ID, ${verdict.cancelled} messages called back by an order, slowest acknowledgement ${load.slowestMs} ms`,
        }
      } finally {
        if (product.isRunning()) await product.stop()
        await sink.close()
      }
    }),
}

/** Until the pid file names a process that lives and is not the one just killed. */
async function waitForAnother(data: string, store: 'postgres' | 'clickhouse', victim: number): Promise<void> {
  for (const until = Date.now() + 300_000; Date.now() < until; await sleep(50)) {
    try {
      const pid = storePid(data, store)
      process.kill(pid, 0)
      if (pid !== victim) return
    } catch {
      continue
    }
  }
  throw new Error(`${store} was not started again`)
}

interface Cluster {
  readonly servers: Process[]
  readonly workers: Process[]
  readonly sink: Awaited<ReturnType<typeof startSink>>
  readonly postgresPid: () => number
  readonly duplicates: () => Promise<number>
  restart(kind: 'serve' | 'work', index: number): Promise<void>
}

/** Two servers and two workers on stores of their own. */
async function withCluster<T>(run: (cluster: Cluster) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const log = makeSilentLog()
    const undo: (() => Promise<unknown>)[] = []
    try {
      const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log })
      undo.push(() => postgres.stop())
      const clickhouse = await startEmbeddedClickHouse({ folder: join(folder, 'clickhouse'), log })
      undo.push(() => clickhouse.stop())
      const sink = await startSink()
      undo.push(() => sink.close())
      const environment = {
        DATABASE_URL: postgres.url,
        // Four processes, each with four more of its own, share the sixty of the embedded server.
        THROUGHLINE_DATABASE_CONNECTIONS: '10',
        CLICKHOUSE_URL: clickhouse.url,
        THROUGHLINE_SMTP_URL: sink.url,
        THROUGHLINE_SECRET_KEY: 'f'.repeat(64),
      }
      const begin = (kind: 'serve' | 'work', index: number, port?: number) => {
        const place = join(folder, `${kind}-${index}`)
        mkdirSync(place, { recursive: true })
        return startProduct(kind, { folder: place, name: kind, environment, ...(port === undefined ? {} : { port }) })
      }
      const group = { serve: [await begin('serve', 0), await begin('serve', 1)], work: [await begin('work', 0), await begin('work', 1)] }
      undo.push(() => Promise.all([...group.serve, ...group.work].map((one) => (one.isRunning() ? one.stop() : null))))
      await Promise.all(group.serve.map((one) => one.ready()))
      await call(group.serve[0]!.address, 'applyDefinitions', { body: { definitions } })
      return await run({
        servers: group.serve,
        workers: group.work,
        sink,
        postgresPid: () => postgres.pid()!,
        async duplicates() {
          const client = makeClickHouse(clickhouse.url, 'interactive')
          const result = await client.query({
            query: 'select toUInt32(count() - uniqExact(event_id)) as n from events',
            format: 'JSONEachRow',
          })
          const [row] = await result.json<{ n: number }>()
          await client.close()
          return row?.n ?? 0
        },
        async restart(kind, index) {
          const before = group[kind][index]!
          await before.kill()
          group[kind][index] = await begin(kind, index, Number(new URL(before.address).port))
        },
      })
    } finally {
      for (const step of undo.reverse()) await step()
    }
  })
}

async function settle(cluster: Cluster, name: string, load: ReturnType<typeof startLoad>, kills: readonly number[]): Promise<Outcome> {
  await Promise.all(cluster.servers.map((one) => one.ready()))
  await load.finish()
  const address = cluster.servers[0]!.address
  await waitForQuiet(address, load.people)
  const verdict = await verify(address, name, load.people, cluster.sink.received, kills)
  const duplicates = await cluster.duplicates()
  return {
    problems: [...verdict.problems, ...(duplicates === 0 ? [] : [`ClickHouse holds ${duplicates} rows twice.`])],
    summary: `${load.people} people, ${verdict.events} events each once, ${verdict.repeated} mails repeated under their Message-ID, ${verdict.cancelled} messages called back by an order, slowest acknowledgement ${load.slowestMs} ms, ${load.failedTries} tries failed`,
  }
}

const cluster: Scenario = {
  name: 'two servers and two workers: kill -9 of each',
  run: (rounds) =>
    withCluster(async (group) => {
      const kills: number[] = []
      const load = startLoad('c', () => group.servers.map(({ address }) => address), PEOPLE_A_SECOND)
      for (let n = 0; n < rounds; n++) {
        for (const kind of ['work', 'serve'] as const) {
          await moment(1_000)
          kills.push(Date.now())
          await group.restart(kind, n % 2)
        }
      }
      const outcome = await settle(group, 'c', load, kills)
      return { ...outcome, summary: `${kills.length} kills, ${outcome.summary}` }
    }),
}

const GONE_MS = 30_000

const databaseGone: Scenario = {
  name: 'PostgreSQL does not answer for 30 s',
  run: () =>
    withCluster(async (group) => {
      const problems: string[] = []
      const load = startLoad('d', () => group.servers.map(({ address }) => address), PEOPLE_A_SECOND)
      await sleep(3_000)
      const halted = familyOf(group.postgresPid())
      halted.forEach((pid) => process.kill(pid, 'SIGSTOP'))
      const begun = Date.now()
      try {
        await sleep(GONE_MS / 2)
        const address = group.servers[0]!.address
        const ready = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(60_000) }).then(
          ({ status }) => status,
          () => 0,
        )
        if (ready !== 503) problems.push(`/readyz answered ${ready} while PostgreSQL was gone; 503 was expected.`)
        const alive = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(60_000) }).then(
          ({ status }) => status,
          () => 0,
        )
        if (alive !== 200) problems.push(`/healthz answered ${alive} while PostgreSQL was gone.`)
        await sleep(Math.max(0, begun + GONE_MS - Date.now()))
      } finally {
        halted.forEach((pid) => process.kill(pid, 'SIGCONT'))
      }
      const back = Date.now()
      const outcome = await settle(group, 'd', load, [begun, back])
      return { problems: [...problems, ...outcome.problems], summary: outcome.summary }
    }),
}

function familyOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return [
    pid,
    ...stdout
      .split('\n')
      .map(Number)
      .filter((child) => child > 0),
  ]
}

const provider: Scenario = {
  name: 'the mail provider refuses, then hangs',
  run: () =>
    withCluster(async (group) => {
      const load = startLoad('m', () => group.servers.map(({ address }) => address), PEOPLE_A_SECOND)
      const problems: string[] = []
      await sleep(2_000)
      for (const mood of ['refuses', 'hangs'] as const) {
        group.sink.mood = mood
        await sleep(8_000)
        const senderNow = async () =>
          (await call(group.servers[0]!.address, 'status')).components.find(({ name }) => name === 'Sender: email')
        let sender = await senderNow()
        for (const until = Date.now() + 60_000; mood === 'refuses' && sender?.state === 'ok' && Date.now() < until; await sleep(1_000))
          sender = await senderNow()
        if (mood === 'refuses' && sender?.state === 'ok')
          problems.push(`The status says that e-mail is fine while the provider ${mood}: ${sender.detail}`)
        group.sink.mood = 'takes'
        await sleep(1_000)
      }
      const outcome = await settle(group, 'm', load, [])
      return { problems: [...problems, ...outcome.problems], summary: outcome.summary }
    }),
}

const DISK_MIB = 900

const diskFull: Scenario = {
  name: 'the disk is full',
  unable: () =>
    process.getuid?.() !== 0 ? 'only root can make a small disk' : canMount() ? null : 'this system does not let root mount a tmpfs',
  run: () =>
    inFolder(async (folder) => {
      const disk = join(folder, 'disk')
      mount(disk)
      const sink = await startSink()
      let product: Process | null = null
      try {
        product = await startProduct('start', {
          folder,
          name: 'start',
          environment: { THROUGHLINE_SMTP_URL: sink.url, THROUGHLINE_DATA_DIR: join(disk, 'data') },
        })
        await product.ready()
        const { address } = product
        await call(address, 'applyDefinitions', { body: { definitions } })
        const load = startLoad('f', () => [address], PEOPLE_A_SECOND)
        await sleep(3_000)
        const filled = Date.now()
        fill(join(disk, 'ballast'))
        const before = load.failedTries
        for (const until = Date.now() + 30_000; load.failedTries === before && Date.now() < until; await sleep(250))
          fill(join(disk, 'ballast'))
        const problems = load.failedTries === before ? ['Nothing was refused although the disk was full.'] : []
        await sleep(5_000)
        if (!product.isRunning()) problems.push('The program ended because the disk was full.')
        else {
          const said = await call(address, 'status').then(
            ({ components }) => components.find(({ name }) => name === 'Disk')?.state ?? 'nothing about the disk',
            (error: Error) => error.message,
          )
          if (said !== 'down') problems.push(`The status said ${said} while the disk was full.`)
        }
        rmSync(join(disk, 'ballast'))
        const freed = Date.now()
        if (!product.isRunning()) return { problems, summary: 'the program was gone' }
        await product.ready()
        await load.finish()
        await waitForQuiet(address, load.people)
        const verdict = await verify(address, 'f', load.people, sink.received, [filled, freed])
        return {
          problems: [...problems, ...verdict.problems],
          summary: `${load.people} people, ${verdict.events} events each once, ${verdict.cancelled} messages called back by an order, ${load.failedTries} tries refused meanwhile`,
        }
      } finally {
        if (product?.isRunning()) await product.stop()
        await sink.close()
        spawnSync('umount', [disk])
      }
    }),
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
  return mounted
}

function mount(folder: string): void {
  mkdirSync(folder)
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`No small disk: ${stderr}`)
}

/** Takes all the room that is left. */
function fill(path: string): void {
  for (let size = 16 * 2 ** 20; size >= 4_096; size = Math.floor(size / 4)) {
    try {
      while (statfsSync(join(path, '..')).bavail > 0) writeFileSync(path, Buffer.alloc(size), { flag: 'a' })
    } catch {
      continue
    }
  }
}

/** In the order in which they are run; those of one group mostly wait, and are run at the same time. */
export const groups: readonly (readonly Scenario[])[] = [[embedded], [cluster], [databaseGone, provider, diskFull, campaign]]
