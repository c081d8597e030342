import { setImmediate as nextTurn } from 'node:timers/promises'
import { shardOf, type Event } from '@throughline/contracts'
import { foldLeaves, scopeOfFill, type FillScope } from '@throughline/engine'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import type { Definitions } from '../definitions.ts'
import { checkHistory } from '../export/lost.ts'
import { readPeopleAfter } from '../read.ts'
import type { ShardFill, ShardState } from '../shard-state.ts'
import { joinById, type Past } from './join.ts'
import { readPast } from './history.ts'
import { hasMembers, isExported, readBounds, readMembers, type Bounds } from './store.ts'
import { everybody, type Folded, type Walks } from './walks.ts'

/** Shards that are begun together: they share the wait for the export. */
const GROUP = 8
/** People handed over at a time. */
const SLICE = 1_000
/** Slices of a shard that may wait to be taken. */
const AHEAD = 2
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
  async function takeGroup(): Promise<{ readonly epoch: number; readonly states: readonly ShardState[] } | null> {
    const waiting = (): ShardState[] => [...held.values()].filter(({ shard, fills }) => fills.length > 0 && !walking.has(shard))
    if (waiting().length === 0) return null
    const { epoch: known } = await readBounds(pool)
    const epoch = Math.min(...waiting().map(({ fills }) => fills[0]!.epoch))
    // A shard that does not know of it yet could send somebody on to another without what it has to say of them.
    if (epoch > known) return null
    const states = waiting()
      .filter(({ fills }) => fills[0]!.epoch === epoch)
      .slice(0, GROUP)
    for (const { shard } of states) walking.add(shard)
    return { epoch, states }
  }

  async function walkGroup(states: readonly ShardState[], epoch: number): Promise<void> {
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
    for (const state of states) await walkShard(state, epoch, bounds, members)
  }

  async function untilExported(bounds: Bounds): Promise<boolean> {
    const end = performance.now() + PATIENCE_MS
    while (!(await isExported(pool, bounds))) {
      if (signal.aborted || performance.now() > end) return false
      await pause(EXPORT_LOOK_MS)
    }
    return true
  }

  async function walkShard(state: ShardState, epoch: number, bounds: Bounds, members: Members): Promise<void> {
    const { shard } = state
    const fill = state.fills.find((one) => one.epoch === epoch)
    if (fill === undefined || held.get(shard) !== state || signal.aborted) return
    const reach = { live: bounds.heads.live[shard]!, bulk: bounds.heads.bulk[shard]! }
    const offered: Promise<boolean>[] = []
    const hand = async (people: readonly Folded[], upTo: string): Promise<boolean> => {
      offered.push(walks.offer({ state, epoch, reach, people, upTo }))
      return offered.length < AHEAD || (await offered.shift()!)
    }
    let slice: Folded[] = []
    for await (const folded of foldShard(state, fill, bounds, members)) {
      slice.push(folded)
      if (slice.length < SLICE) continue
      if (!(await hand(slice, folded.id))) return
      slice = []
    }
    if (await hand(slice, everybody)) await Promise.all(offered)
  }

  /** Who has to be decided, in the order of their ids, with the states of their leaves. */
  async function* foldShard(state: ShardState, fill: ShardFill, bounds: Bounds, members: Members): AsyncGenerator<Folded> {
    const { shard } = state
    await definitions.load(pool, state.definitionsEpoch)
    const compiled = definitions.get(state.definitionsEpoch)
    const scope = scopeOfFill(fill.leaves, compiled, Date.now())
    // Before the others: a session of ClickHouse answers one query after the other.
    const sources: AsyncIterable<Past>[] = [from(await readParts(shard, scope, bounds, members))]
    if (scope.eventNames.length > 0) sources.push(readPast(clickhouse, { shard, behind: fill.walkedTo }, scope, bounds, signal))
    if (scope.concernsEveryone || (await hasMembers(pool, shard, scope.segments))) sources.push(everyoneOf(shard, fill.walkedTo))
    let since = performance.now()
    for await (const { id, events } of joinById(sources)) {
      if (id <= fill.walkedTo) continue
      yield { id, states: foldLeaves(fill.leaves, events, compiled) }
      if (performance.now() - since < STRETCH_MS) continue
      await nextTurn()
      since = performance.now()
    }
  }

  /** What came in under the ids of others who stand in people of this shard today. */
  async function readParts(shard: number, scope: FillScope, bounds: Bounds, members: Members): Promise<Past[]> {
    const roots = new Map([...members].filter(([root]) => shardOf(root) === shard).flatMap(([root, ids]) => ids.map((id) => [id, root])))
    const parts = new Map<string, Event[]>()
    const profiles = [...roots.keys()]
    for (let from = 0; from < profiles.length && scope.eventNames.length > 0; from += MERGED) {
      const some = profiles.slice(from, from + MERGED)
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
        await walkGroup(group.states, group.epoch)
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
