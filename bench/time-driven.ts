import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { definitionSchema, shardOf, type Definition } from '../contracts/src/index.ts'
import { advance, compileDefinitions, emptyProfile } from '../engine/src/index.ts'
import { packState, packTraits } from '../server/src/pipeline/codec.ts'
import { makeWorker } from '../server/src/pipeline/worker.ts'
import { makeSilentLog } from '../server/src/platform/log/index.ts'
import { binary } from '../server/src/platform/postgres/index.ts'
import { makeDefinitions, populate, startWorld } from './lib/pipeline-world.ts'
import { median, report } from './lib/report.ts'
import { runBareTimers } from './lib/timers-bare.ts'

/*
 * Memberships that end by time alone: so many due in each second, for some seconds. How long after its exact instant each change stands
 * in the database, and how many a second there can be when all are due at once, against a loop that reads and writes the same rows.
 */
const small = process.argv.includes('--small')
const PER_SECOND = 5_000
const SECONDS = small ? 2 : 6
const HOUR = 3_600_000
const settings = { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } } as const

const lately: Definition = definitionSchema.parse({
  kind: 'segment',
  id: 'lately',
  name: 'Lately',
  where: { kind: 'event', event: 'Cart Left', times: { op: 'at-least', n: 1 }, within: '1 hour' },
})
const definitions = [...makeDefinitions(50), lately]
const world = await startWorld()
try {
  const count = PER_SECOND * SECONDS
  // The first round of each warms up.
  const bare: number[] = []
  const burst: number[] = []
  for (let round = 0; round < 3; round++) {
    await fill(count, () => Date.now() - 60_000)
    bare.push(await runBareTimers(world))
    await fill(count, () => Date.now() - 60_000)
    burst.push(await runBurst(count))
  }
  const late = await runPaced(count)
  report({
    bench: 'time-driven',
    value: median(burst.slice(1)),
    unit: 'changes by time alone a second, when all are due at once',
    reference: median(bare.slice(1)),
    detail: {
      reference: 'a loop that reads due timers and their people, writes people and facts and removes timers, 512 a transaction',
      segments: definitions.filter(({ kind }) => kind === 'segment').length,
      dueEachSecond: PER_SECOND,
      seconds: SECONDS,
      lateMs: late,
    },
  })
} finally {
  await world.stop()
}

/** People of whom each has left a cart so long ago that their membership ends at the instant given for them. */
async function fill(people: number, endsAt: (n: number) => number): Promise<void> {
  const compiled = compileDefinitions(
    definitions.map((definition) => ({ definition, version: 1, epoch: 1 })),
    settings,
  )
  await populate(world, definitions, 0, { traits: new Uint8Array(), state: new Uint8Array() })
  const traits = packTraits({ email: ['ada@mail.example', 0] })
  for (let from = 0; from < people; from += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, people - from) }, (_, i) => {
      const n = from + i
      const id = `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
      const at = Math.round(endsAt(n)) - HOUR
      const event = {
        id: `bench:${n}`,
        type: 'track',
        name: 'Cart Left',
        timestamp: at,
        receivedAt: at,
        properties: {},
        context: {},
        source: 'bench',
        lane: 0,
        triggers: true,
      } as const
      const { profile, nextTimerAt } = advance(
        emptyProfile(id, at),
        { kind: 'event', event },
        { definitions: compiled, now: at, pending: new Set() },
      )
      return { id, at: nextTimerAt!, state: packState(profile) }
    })
    const keys = [binary.int2Array(rows.map(({ id }) => shardOf(id))), binary.uuidArray(rows.map(({ id }) => id))]
    await world.pool.query(
      'insert into profiles (shard, id, created_at, traits, state) select k.shard, k.id, 0, $3::bytea, k.state from unnest($1::smallint[], $2::uuid[], $4::bytea[]) as k (shard, id, state)',
      [...keys, traits, binary.byteaArray(rows.map(({ state }) => state))],
    )
    await world.pool.query(
      'insert into timers (shard, profile_id, due_at) select k.shard, k.id, k.at from unnest($1::smallint[], $2::uuid[], $3::bigint[]) as k (shard, id, at)',
      [...keys, binary.int8Array(rows.map(({ at }) => at))],
    )
  }
  await world.pool.query('vacuum (analyze) profiles, timers')
}

function startWorker() {
  return makeWorker({
    unseal: (sealed) => Buffer.from(sealed).toString('utf8'),
    pool: world.pool,
    log: makeSilentLog(),
    metrics: new Registry(),
    alone: true,
    loadSettings: async () => settings,
    deliver: () => undefined,
    clickhouse: { url: world.clickhouseUrl },
    archive: { folder: join(tmpdir(), 'throughline-bench-archive'), days: 14 },
  })
}

async function countChanges(): Promise<number> {
  const { rows } = await world.pool.query<{ n: number }>('select coalesce(sum(derived_seq), 0)::bigint as n from shards')
  return rows[0]!.n
}

/** Changes a second, from the first that stands to the last. */
async function runBurst(count: number): Promise<number> {
  const worker = startWorker()
  await worker.start()
  let first: { at: number; n: number } | undefined
  let n = 0
  while (n < count) {
    await sleep(5)
    n = await countChanges()
    if (n > 0) first ??= { at: performance.now(), n }
  }
  const perSecond = ((n - first!.n) / (performance.now() - first!.at)) * 1_000
  await worker.stop()
  return perSecond
}

/** How late changes are that are due evenly over each second, ms after their exact instants: looked at some 50 times a second. */
async function runPaced(count: number): Promise<{ p50: number; p99: number; max: number }> {
  const begins = Date.now() + 15_000
  await fill(count, (n) => begins + (n / PER_SECOND) * 1_000)
  const worker = startWorker()
  await worker.start()
  const late: number[] = []
  let n = 0
  while (n < count) {
    await sleep(20)
    const now = Date.now()
    n = await countChanges()
    // The next one in the order of time is the oldest that does not stand yet.
    if (now > begins && n < count) late.push(Math.max(0, now - (begins + (n / PER_SECOND) * 1_000)))
    if (now > begins + SECONDS * 1_000 + 60_000) throw new Error(`After a minute ${count - n} changes are still due.`)
  }
  await worker.stop()
  late.sort((a, b) => a - b)
  const at = (share: number): number => Math.round(late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0)
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
