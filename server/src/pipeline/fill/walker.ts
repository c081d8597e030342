import { setImmediate as nextTurn } from 'node:timers/promises'
import { shardCount, shardOf, type Event } from '@throughline/contracts'
import { foldLeaves, scopeOfFill, type CompiledDefinitions, type FillScope } from '@throughline/engine'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import type { Definitions } from '../definitions.ts'
import { checkHistory } from '../export/lost.ts'
import { readPeopleAfter } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import { joinById, splitByShard, type Past } from './join.ts'
import { countPast, readPast } from './history.ts'
import { hasMembers, isExported, readBounds, readMembers, type Bounds } from './store.ts'
import { everybody, type Folded, type Walks } from './walks.ts'

/** Shards that are begun together at most: they share a query, and the wait for the export. */
const GROUP = 16
/** Events that one query reads, about. */
const EVENTS = 1_000_000
/** People handed over at a time. */
const SLICE = 1_000
/** Slices that may wait to be taken. */
const AHEAD = 3
/** How long is waited for the export before it is begun anew: meanwhile it is remembered who was moved. */
const PATIENCE_MS = 10_000
const EXPORT_LOOK_MS = 50
/** Merged profiles whose events are asked for at a time, by their ids. */
const MERGED = 1_000
/** Live events of this process come in between after so long. */
const STRETCH_MS = 5

export interface Walker {
  /** Walks as many shards as are begun together; answers whether there was one to be walked. */
  walk(): Promise<boolean>
}

type Members = ReadonlyMap<string, readonly string[]>

/** Shards that wait for the same leaves. */
interface Group {
  readonly epoch: number
  readonly states: readonly ShardState[]
  readonly compiled: CompiledDefinitions
  readonly scope: FillScope
}

/**
 * Fills the shards that this process leases, in the order of the publications: reads what history knows of the people of a shard, in
 * the order of their ids, and hands it to the loop, which decides. Killed in between, a shard goes on behind the last who was decided.
 * @param options.held the shards of the loop, as it knows them
 * @param options.pause sleeps; shorter when all is to end
 */
export function makeWalker(options: {
  pool: Pool
  clickhouse: ClickHouse
  definitions: Definitions
  held: ReadonlyMap<number, ShardState>
  walks: Walks
  signal: AbortSignal
  pause: (ms: number) => Promise<void>
}): Walker {
  const { pool, clickhouse, definitions, held, walks, signal, pause } = options
  const walking = new Set<number>()

  /** Shards whose next fill is of the same publication, the oldest; they count as walked from here on. */
  async function takeGroup(): Promise<Group | null> {
    const waiting = (): ShardState[] => [...held.values()].filter(({ shard, fills }) => fills.length > 0 && !walking.has(shard))
    if (waiting().length === 0) return null
    const { epoch: known } = await readBounds(pool)
    const [first] = waiting().sort((a, b) => a.fills[0]!.epoch - b.fills[0]!.epoch)
    // A shard that does not know of it yet could send somebody on to another without what it has to say of them.
    if (first === undefined || first.fills[0]!.epoch > known) return null
    const { epoch, leaves } = first.fills[0]!
    const { definitionsEpoch } = first
    walking.add(first.shard)
    try {
      await definitions.load(pool, definitionsEpoch)
      const compiled = definitions.get(definitionsEpoch)
      const scope = scopeOfFill(leaves, compiled, Date.now())
      const events = scope.eventNames.length === 0 ? 0 : await countPast(clickhouse, scope)
      const some = Math.max(1, Math.min(GROUP, Math.floor((EVENTS * shardCount) / Math.max(1, events))))
      const alike = waiting().filter(
        ({ fills: [fill], definitionsEpoch: theirs }) =>
          fill!.epoch === epoch && theirs === definitionsEpoch && hasSame(fill!.leaves, leaves),
      )
      const states = [first, ...alike].slice(0, some).sort((a, b) => a.shard - b.shard)
      for (const { shard } of states) walking.add(shard)
      return { epoch, states, compiled, scope }
    } catch (error) {
      walking.delete(first.shard)
      throw error
    }
  }

  async function walkGroup(group: Group): Promise<void> {
    const { states, scope } = group
    await checkHistory(pool, clickhouse)
    // Whoever is moved from here on is decided with the fill: what moves them may be in nothing that is read.
    for (const state of states) state.touched = new Set()
    const taken = new Map(states.map(({ shard, liveSeq, bulkSeq }) => [shard, { live: liveSeq, bulk: bulkSeq }]))
    // Tombstones first: what their shards have sent on to others stands below the heads that are read after them.
    const shards = states.map(({ shard }) => shard)
    const members = await readMembers(pool, shards)
    const read = await readBounds(pool)
    // What this process has taken may be on its way to the database.
    const own = (lane: 'live' | 'bulk'): number[] => read[lane].map((seq, shard) => Math.max(seq, taken.get(shard)?.[lane] ?? 0))
    const bounds = { ...read, live: own('live'), bulk: own('bulk') }
    if (!(await untilExported(bounds))) return
    // Before the stream is open: a session of ClickHouse answers one query after the other.
    const parts = await readParts(group, bounds, members)
    const past = splitByShard(scope.eventNames.length === 0 ? from([]) : readPast(clickhouse, { shards }, scope, bounds, signal))
    try {
      await handOver(group, bounds, (state) => [from(parts.filter(({ id }) => shardOf(id) === state.shard)), past.of(state.shard)])
    } finally {
      await past.close()
    }
  }

  async function untilExported(bounds: Bounds): Promise<boolean> {
    const end = performance.now() + PATIENCE_MS
    while (!(await isExported(pool, bounds))) {
      if (signal.aborted || performance.now() > end) return false
      await pause(EXPORT_LOOK_MS)
    }
    return true
  }

  /** Hands the people of each shard to the loop, and waits until it has taken them. */
  async function handOver(
    { epoch, states, compiled, scope }: Group,
    bounds: Bounds,
    sourcesOf: (state: ShardState) => AsyncGenerator<Past>[],
  ): Promise<void> {
    const offered: Promise<void>[] = []
    const lost = new Set<ShardState>()
    const hand = async (state: ShardState, people: readonly Folded[], upTo: string): Promise<void> => {
      const reach = { live: bounds.heads.live[state.shard]!, bulk: bounds.heads.bulk[state.shard]! }
      offered.push(
        walks.offer({ state, epoch, reach, people, upTo }).then((isTaken) => {
          if (!isTaken) lost.add(state)
        }),
      )
      if (offered.length >= AHEAD) await offered.shift()
    }
    let since = performance.now()
    for (const state of states) {
      const fill = state.fills.find((one) => one.epoch === epoch)
      if (signal.aborted || fill === undefined || held.get(state.shard) !== state) continue
      const sources = sourcesOf(state)
      if (scope.concernsEveryone || (await hasMembers(pool, state.shard, scope.segments)))
        sources.push(everyoneOf(state.shard, fill.walkedTo))
      const slice: Folded[] = []
      for await (const { id, events } of joinById(sources)) {
        if (lost.has(state)) break
        if (id <= fill.walkedTo) continue
        slice.push({ id, states: foldLeaves(fill.leaves, events, compiled) })
        if (slice.length === SLICE) await hand(state, slice.splice(0), id)
        if (performance.now() - since < STRETCH_MS) continue
        await nextTurn()
        since = performance.now()
      }
      if (!lost.has(state)) await hand(state, slice, everybody)
    }
    await Promise.all(offered)
  }

  /** What came in under the ids of others who stand in people of these shards today, in the order of their ids. */
  async function readParts({ scope }: Group, bounds: Bounds, members: Members): Promise<Past[]> {
    if (scope.eventNames.length === 0) return []
    const roots = new Map([...members].flatMap(([root, ids]) => ids.map((id) => [id, root])))
    const parts = new Map<string, Event[]>()
    const profiles = [...roots.keys()]
    for (let at = 0; at < profiles.length; at += MERGED) {
      const some = profiles.slice(at, at + MERGED)
      for await (const { id, events } of readPast(clickhouse, { profiles: some }, scope, bounds, signal)) {
        const root = roots.get(id)!
        parts.set(root, [...(parts.get(root) ?? []), ...events])
      }
    }
    return [...parts.keys()].sort().map((id) => ({ id, events: parts.get(id)! }))
  }

  async function* everyoneOf(shard: number, behind: string): AsyncGenerator<Past> {
    for (let after = behind; ;) {
      const ids = await readPeopleAfter(pool, shard, after, SLICE)
      for (const id of ids) yield { id, events: [] }
      if (ids.length < SLICE) return
      after = ids.at(-1)!
    }
  }

  return {
    async walk() {
      const group = await takeGroup()
      if (group === null) return false
      try {
        await walkGroup(group)
      } finally {
        for (const state of group.states) {
          walks.drop(state.shard)
          walking.delete(state.shard)
          state.touched = null
        }
      }
      return true
    },
  }
}

async function* from(people: readonly Past[]): AsyncGenerator<Past> {
  yield* people
}

function hasSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((key) => b.has(key))
}
