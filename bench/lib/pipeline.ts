import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Registry } from 'prom-client'
import { advance, compileDefinitions, emptyProfile, type ProfileState } from '../../engine/src/index.ts'
import type { Definition } from '../../contracts/src/index.ts'
import { packState, packTraits, unpackProfile } from '../../server/src/pipeline/codec.ts'
import { makeWorker } from '../../server/src/pipeline/worker.ts'
import { makeSilentLog } from '../../server/src/platform/log/index.ts'
import { runBarePipeline } from './pipeline-bare.ts'
import {
  appendEvents,
  countUnexported,
  countUntaken,
  eventNames,
  makeDefinitions,
  populate,
  startWorld,
  type World,
} from './pipeline-world.ts'
import { median, report } from './report.ts'

const ROUNDS = 2
const EVENTS = 60_000
/** Taken before each round, so that its people are known to the worker, as those are who are active at a time. */
const WARM_EVENTS = 20_000
const settings = { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } } as const

/** CPU microseconds an event, which other work on the machine does not change as it changes the time. */
interface Cpu {
  readonly node: number
  readonly postgres: number
  readonly clickhouse: number
}

interface Measured {
  readonly cpu: Cpu
  /** Events a second, from the first taken to the last taken and exported. */
  readonly whole: number
  readonly taken: number
  readonly bare: number
}

/** Events fully handled, with so many segments of which an event touches five, at 10 thousand and at 1 million people. */
export async function benchPipeline(bench: string, segments: number, { onlySmall = false } = {}): Promise<void> {
  const definitions = makeDefinitions(segments)
  const names = eventNames(segments)
  const state = typicalState(definitions, names)
  const world = await startWorld()
  try {
    const small = await measure(world, definitions, names, 10_000, state, EVENTS)
    const large = onlySmall || process.argv.includes('--small') ? null : await measure(world, definitions, names, 1_000_000, state, EVENTS)
    const middle = (rounds: readonly Measured[], pick: (round: Measured) => number): number => median(rounds.map(pick))
    report({
      bench,
      value: middle(small, (round) => round.whole),
      unit: 'events/s',
      reference: middle(small, (round) => round.bare),
      detail: {
        reference: 'the same reads and writes of rows in transactions of 512, one connection, no engine, nothing derived, no export',
        profiles: 10_000,
        segments,
        journeys: 20,
        profileBytes: state.traits.length + state.state.length,
        profileBytesInMemory: measureDecoded(state),
        cpuMicrosecondsPerEvent: small[1]?.cpu,
        withoutExport: Math.round(middle(small, (round) => round.taken)),
        atOneMillion: large && {
          value: Math.round(middle(large, (round) => round.whole)),
          withoutExport: Math.round(middle(large, (round) => round.taken)),
          reference: Math.round(middle(large, (round) => round.bare)),
        },
        rounds: [...small, ...(large ?? [])].map((round) => ({
          whole: Math.round(round.whole),
          taken: Math.round(round.taken),
          bare: Math.round(round.bare),
        })),
      },
    })
  } finally {
    await world.stop()
  }
}

async function measure(
  world: World,
  definitions: readonly Definition[],
  names: readonly string[],
  people: number,
  state: { traits: Uint8Array; state: Uint8Array },
  events: number,
): Promise<Measured[]> {
  await populate(world, definitions, people, state)
  const measured: Measured[] = []
  // The first round warms up: code is compiled, caches fill.
  for (let round = 0; round <= ROUNDS; round++) {
    await appendEvents(world, WARM_EVENTS, people, names, people + round * 2)
    const bare = await runBarePipeline(world, WARM_EVENTS)
    const { taken, whole, cpu } = await runWorker(world, events, () => appendEvents(world, events, people, names, people + round * 2 + 1))
    console.error(
      `${people} people, round ${round}: ${Math.round(whole)} events/s, ${Math.round(taken)} without the export, bare ${Math.round(bare)}; CPU us an event: node ${cpu.node}, postgres ${cpu.postgres}, clickhouse ${cpu.clickhouse}`,
    )
    if (round > 0) measured.push({ bare, taken, whole, cpu })
  }
  return measured
}

/** Starts a worker, lets it take what is there, which is not measured, and then so many events more. */
async function runWorker(world: World, events: number, append: () => Promise<void>): Promise<Omit<Measured, 'bare'>> {
  const worker = makeWorker({
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
  await worker.start()
  while (worker.status().shards.length < 64 || (await countUntaken(world)) > 0 || (await countUnexported(world)) > 0) await sleep(20)
  await append()
  const before = await readCpu(world)
  const began = performance.now()
  let taken = 0
  while (true) {
    await sleep(10)
    if (taken === 0 && (await countUntaken(world)) === 0) taken = performance.now() - began
    if (taken > 0 && (await countUnexported(world)) === 0) break
  }
  const whole = performance.now() - began
  const after = await readCpu(world)
  const each = (key: keyof Cpu): number => Math.round(((after[key] - before[key]) / events) * 10) / 10
  const cpu = { node: each('node'), postgres: each('postgres'), clickhouse: each('clickhouse') }
  await worker.stop()
  return { cpu, taken: (events / taken) * 1_000, whole: (events / whole) * 1_000 }
}

/** CPU time used so far, in microseconds; from /proc, and 0 for the stores where there is none. */
async function readCpu(world: World): Promise<Cpu> {
  const { rows } = await world.pool.query<{ pid: number }>(`select pid from pg_stat_activity`)
  const { user, system } = process.cpuUsage()
  return { node: user + system, postgres: rows.reduce((sum, { pid }) => sum + cpuOf(pid), 0), clickhouse: cpuOf(world.clickhousePid()) }
}

function cpuOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    // utime and stime, in ticks of 10 ms (proc(5), fields 14 and 15).
    return (Number(fields[11]) + Number(fields[12])) * 10_000
  } catch {
    return 0
  }
}

/** What a decoded profile takes of the worker's heap, bytes: some 12,000 of them are kept. */
function measureDecoded(state: { traits: Uint8Array; state: Uint8Array }): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('This Node offers no garbage collection on demand.')
  const count = 2_000
  collect()
  const before = process.memoryUsage().heapUsed
  const kept = Array.from({ length: count }, (_, i) => unpackProfile(String(i), 0, state))
  collect()
  const bytes = (process.memoryUsage().heapUsed - before) / kept.length
  return Math.round(bytes)
}

/** A person who has done each thing a few times. */
function typicalState(definitions: readonly Definition[], names: readonly string[]): { traits: Uint8Array; state: Uint8Array } {
  const compiled = compileDefinitions(
    definitions.map((definition) => ({ definition, version: 1, epoch: 1 })),
    settings,
  )
  const id = '01900000-0000-7000-8000-000000000000'
  const context = { definitions: compiled, pending: new Set<string>() }
  const now = Date.now()
  const traits = {
    email: 'ada.lovelace@mail.example',
    first_name: 'Ada',
    last_name: 'Lovelace',
    country: 'DE',
    city: 'Hamburg',
    phone: '+4915112345678',
    language: 'de',
    birthday: '1985-12-10',
  }
  let profile: ProfileState = emptyProfile(id, now)
  const event = (name: string, type: 'identify' | 'track', at: number, properties: object) =>
    ({
      id: `bench:${name}-${at}`,
      type,
      name,
      timestamp: at,
      receivedAt: at,
      properties: properties as never,
      context: {},
      source: 'bench',
      lane: 0,
      triggers: true,
    }) as const
  profile = advance(
    profile,
    { kind: 'event', event: event('Identified', 'identify', now - 9_000_000, traits) },
    { ...context, now: now - 9_000_000 },
  ).profile
  for (let i = 0; i < 6; i++)
    for (const name of names)
      profile = advance(
        profile,
        { kind: 'event', event: event(name, 'track', now - 8_000_000 + i * 60_000, { rare: 0 }) },
        { ...context, now: now - 8_000_000 + i * 60_000 },
      ).profile
  return { traits: packTraits(profile.traits), state: packState(profile) }
}
