import type { Batch } from './advance/batch.ts'
import { weightOf, type Intake } from './advance/take.ts'
import type { Walk, Walks } from './fill/walks.ts'
import type { DueTimer, Horizon, InboxRow, StreamLook } from './read.ts'
import type { ShardState } from './shard-state.ts'

/** Live entries a turn: enough to share the cost of a commit, and some 20 ms of work. */
const LIVE = 512
const TIMERS = 512
/**
 * A bulk slice is sized so that its turn takes about this long, ms. Live entries wait no longer for it: as long as some came lately;
 * the first one after a pause may wait for a longer turn, since what every turn costs is shared by more then.
 */
const BULK_MS = { beside: 25, alone: 80 }
/** So long after a live entry another one is expected, ms. */
const LIVE_LATELY_MS = 2_000
/** Some 20 ms of work. With less, what every turn costs would be most of it where turns are slow, and bulk would hardly go on. */
const BULK_MIN = 96
/**
 * When live entries have waited longer than a turn with bulk should take, the next turn has none of it: the machine is busy, and what is
 * left of it is theirs. But some of bulk is taken so often at least, ms, so that it goes on.
 */
const BULK_EVERY_MS = 250
const BULK_MAX = 2_048
/** Where entries of bulk weigh differently, so many times what a turn takes on average is read. */
const READ_AHEAD = 1.5
/** How often bulk lanes are looked at while nothing is known to be in them, ms. */
const BULK_LOOK_MS = 50

export interface Plan {
  readonly live: readonly StreamLook[]
  readonly liveTotal: number
  readonly timerShards: readonly ShardState[]
  readonly timerLimit: number
  /** Shards of whose bulk entries some may be taken. */
  readonly bulkShards: readonly ShardState[]
  /** The same, or now and then all of them, to see whether something came. */
  readonly bulk: readonly StreamLook[]
  readonly bulkTotal: number
  /** Shards in which people may be filled. */
  readonly walkShards: readonly ShardState[]
}

export interface Readings {
  readonly horizons: ReadonlyMap<number, Horizon>
  readonly live: readonly InboxRow[]
  readonly due: readonly DueTimer[]
  readonly bulk: readonly InboxRow[]
}

export interface Planner {
  plan(states: ReadonlyMap<number, ShardState>, now: number, walks: Walks): Plan
  /** What of the readings is taken in one turn, in an order that keeps each shard's. `now` is the database's, epoch ms. */
  cut(readings: Readings, states: ReadonlyMap<number, ShardState>, plan: Plan, walks: Walks, now: number): Intake
  /** A turn was committed after so many ms. */
  took(batch: Batch, ms: number): void
  /** A turn was refused: the next ones are smaller. Answers how many inputs this one may have had. */
  fail(): number
  nextTimer(states: ReadonlyMap<number, ShardState>): number
  hasBulk(states: ReadonlyMap<number, ShardState>): boolean
  /** Entries of both lanes that were seen and not taken. */
  behind(states: ReadonlyMap<number, ShardState>): [live: number, bulk: number]
}

/** Decides how much is read and taken in a turn: live first, then timers, then as much bulk as live can bear. */
export function makePlanner(): Planner {
  let turns = 0
  let liveShards = 64
  let liveFull = false
  const bulkSizes = { beside: 128, alone: 128 }
  // What an entry of bulk weighs lately: no more are read than a turn is expected to take, since the others would be read again.
  let bulkWeighs = 1
  let liveAt = -Infinity
  let bulkLookedAt = -Infinity
  /** How long the oldest live entry of the last look had waited, ms. */
  let liveWaited = 0
  let bulkTakenAt = -Infinity
  // After a refused turn at most so many inputs are taken, doubled by every turn that goes well.
  let budget = Infinity

  const mode = (): 'beside' | 'alone' => (performance.now() - liveAt < LIVE_LATELY_MS ? 'beside' : 'alone')

  return {
    plan(states, now, walks) {
      const bulkSize = bulkSizes[mode()]
      const all = [...states.values()]
      turns++
      // Each turn begins with another shard, so that none waits for ever behind the others.
      const start = budget < Infinity ? 0 : turns % Math.max(1, all.length)
      const turned = [...all.slice(start), ...all.slice(0, start)]
      const limit = Math.max(8, Math.ceil(LIVE / Math.max(1, liveShards)))
      const yields = liveFull || (liveWaited > BULK_MS.beside && performance.now() - bulkTakenAt < BULK_EVERY_MS)
      const known = yields ? [] : turned.filter((state) => state.bulkBehind > 0)
      const perShard = Math.max(1, Math.ceil(((bulkSize / bulkWeighs) * (bulkWeighs > 1 ? READ_AHEAD : 1)) / Math.max(1, known.length)))
      const look = performance.now() - bulkLookedAt > BULK_LOOK_MS
      if (look) bulkLookedAt = performance.now()
      return {
        live: turned.map((state) => ({ state, limit })),
        liveTotal: LIVE * 2,
        timerShards: all.filter((state) => state.nextTimerAt < now),
        timerLimit: Math.max(8, Math.ceil(TIMERS / Math.max(1, all.length))),
        bulkShards: known,
        bulk: look
          ? turned.map((state) => ({ state, limit: state.bulkBehind > 0 && !yields ? perShard : 1 }))
          : known.map((state) => ({ state, limit: perShard })),
        bulkTotal: bulkSize + 128,
        walkShards: yields ? [] : walks.ready(states),
      }
    },
    cut({ horizons, live, due, bulk }, states, plan, walks, now) {
      const shards = new Set(live.map((row) => row.shard))
      liveShards = shards.size || 64
      liveFull = live.length >= LIVE
      if (live.length > 0) liveAt = performance.now()
      liveWaited = live.reduce((longest, { received_at }) => Math.max(longest, now - received_at), 0)
      const bulkSize = bulkSizes[mode()]
      const taken = live.slice(0, budget)
      const lastOf = new Map<number, InboxRow>()
      for (const row of taken) lastOf.set(row.shard, row)
      const barriers = new Map<number, number>()
      const whole = new Set<number>()
      for (const [shard, horizon] of horizons) {
        const last = lastOf.get(shard)
        if ((last?.seq ?? states.get(shard)!.liveSeq) >= horizon.seq) {
          barriers.set(shard, horizon.clock)
          whole.add(shard)
        } else if (last) barriers.set(shard, last.received_at)
      }
      const timers = due
        .filter((timer) => timer.due_at < (barriers.get(timer.shard) ?? -Infinity))
        .slice(0, Math.max(0, budget - taken.length))
      const room = Math.max(0, budget - taken.length - timers.length)
      const slice: InboxRow[] = []
      let weight = 0
      for (const row of bulk) {
        if (!whole.has(row.shard)) continue
        if (weight >= bulkSize || slice.length >= room) break
        slice.push(row)
        weight += weightOf(row)
      }
      const each = weight / Math.max(1, slice.length)
      // Where a turn had room for more, it may have been for want of what was read.
      if (slice.length > 0) bulkWeighs = weight < bulkSize ? Math.min(bulkWeighs, each) : (bulkWeighs + each) / 2
      const walked: Walk[] = []
      // What is left of a slice of bulk, and never nothing: a long import would keep a fill from going on.
      let left = Math.min(room - slice.length, Math.max(bulkSize - weight, Math.ceil(bulkSize / 4)))
      for (const { shard } of plan.walkShards) {
        if (left <= 0) break
        const walk = whole.has(shard) ? walks.cut(shard, left) : null
        if (walk === null) continue
        walked.push(walk)
        left -= Math.max(1, walk.people.size)
      }
      if (slice.length + walked.length > 0) bulkTakenAt = performance.now()
      return { live: taken, timers, bulk: slice, barriers, walks: walked }
    },
    took(batch, ms) {
      if (budget < Infinity) budget = budget >= LIVE ? Infinity : budget * 2
      if (batch.inputs.bulk === 0) return
      const which = mode()
      const [size, most] = [bulkSizes[which], BULK_MS[which]]
      if (ms > most) bulkSizes[which] = Math.max(BULK_MIN, Math.floor(size * Math.max(0.5, most / ms)))
      else if (batch.inputs.bulkWeight >= size * 0.8) bulkSizes[which] = Math.min(BULK_MAX, Math.ceil(size * 1.2))
    },
    fail() {
      const was = budget
      budget = budget === Infinity ? LIVE / 2 : Math.max(1, Math.floor(budget / 2))
      return was
    },
    nextTimer(states) {
      let next = Infinity
      for (const state of states.values()) if (state.nextTimerAt < next) next = state.nextTimerAt
      return next
    },
    hasBulk(states) {
      for (const state of states.values()) if (state.bulkBehind > 0) return true
      return false
    },
    behind(states) {
      let live = 0
      let bulk = 0
      for (const state of states.values()) {
        live += state.liveBehind
        bulk += state.bulkBehind
      }
      return [live, bulk]
    },
  }
}
