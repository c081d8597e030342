import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeWalks } from './fill/walks.ts'
import { makePlanner, type Planner } from './plan.ts'
import type { InboxRow } from './read.ts'
import { nobodyYet, toShardState, type ShardState } from './shard-state.ts'

const SHARDS = 4
const walks = makeWalks(() => undefined)

function makeStates(): Map<number, ShardState> {
  const states = new Map<number, ShardState>()
  for (let shard = 0; shard < SHARDS; shard++) {
    const row = { epoch: 1, live_seq: 0, bulk_seq: 0, derived_seq: 0, clock: 0, definitions_epoch: 1, next_timer: null, fills: [] }
    const state = toShardState({ shard, ...row })
    state.bulkBehind = 10_000
    states.set(shard, state)
  }
  return states
}

function makeRow(shard: number, type: string, name: string, seq: number): InboxRow {
  const about = { profile_id: nobodyYet, event_id: `${shard}-${seq}`, source: 'test', occurred_at: 0, properties: '{}', context: '{}' }
  return { shard, lane: 1, seq, received_at: 0, type, name, triggers: false, forwarded: false, ...about }
}

/** One reading of a long backlog in which every entry is this one; answers how many were read and how many of them taken. */
function turn(planner: Planner, states: Map<number, ShardState>, type: string, name: string): { read: number; taken: number } {
  const plan = planner.plan(states, 0, walks)
  const bulk = plan.bulk.flatMap(({ state, limit }) => Array.from({ length: limit }, (_, at) => makeRow(state.shard, type, name, at + 1)))
  const horizons = new Map([...states.keys()].map((shard) => [shard, { shard, seq: 0, clock: 1 }]))
  const read = bulk.slice(0, plan.bulkTotal)
  return { read: read.length, taken: planner.cut({ horizons, live: [], due: [], bulk: read }, states, plan, walks, 0).bulk.length }
}

describe('a planner', () => {
  it('reads hardly more of the bulk lanes than a turn takes, once it has seen what entries weigh', () => {
    const planner = makePlanner()
    const states = makeStates()
    for (let i = 0; i < 12; i++) turn(planner, states, 'control', 'campaign')
    const { read, taken } = turn(planner, states, 'control', 'campaign')
    expect(taken).toBe(2)
    expect(read).toBeLessThanOrEqual(SHARDS)
  })

  it('fills a turn again after two when heavy entries are followed by light ones', () => {
    const planner = makePlanner()
    const states = makeStates()
    const before = turn(planner, states, 'track', 'Page Viewed')
    expect(before.taken).toBe(128)
    for (let i = 0; i < 12; i++) turn(planner, states, 'control', 'campaign')
    turn(planner, states, 'track', 'Page Viewed')
    expect(turn(planner, states, 'track', 'Page Viewed')).toEqual(before)
  })

  describe('beside live entries', () => {
    afterEach(() => void vi.useRealTimers())

    /** A turn with a live entry that has waited for so many ms; answers the entries of bulk in the turn after it. */
    function bulkAfter(planner: Planner, states: Map<number, ShardState>, waited: number): number {
      const live = [{ ...makeRow(0, 'track', 'Page Viewed', 1), lane: 0 }]
      const horizons = new Map<number, { shard: number; seq: number; clock: number }>()
      planner.cut({ horizons, live, due: [], bulk: [] }, states, planner.plan(states, 0, walks), walks, waited)
      return turn(planner, states, 'track', 'Page Viewed').taken
    }

    it('takes bulk while they are served at once, and leaves it out of the next turn when they had to wait', () => {
      vi.useFakeTimers({ toFake: ['performance'] })
      const planner = makePlanner()
      const states = makeStates()
      expect(bulkAfter(planner, states, 20)).toBe(128)
      expect(bulkAfter(planner, states, 30)).toBe(0)
      expect(bulkAfter(planner, states, 20)).toBe(128)
      // Nobody live came in the turn before.
      expect(bulkAfter(planner, states, 30)).toBe(0)
      expect(turn(planner, states, 'track', 'Page Viewed').taken).toBe(128)
    })

    it('takes some of bulk four times a second however long they wait', () => {
      vi.useFakeTimers({ toFake: ['performance'] })
      const planner = makePlanner()
      const states = makeStates()
      let taken = 0
      for (let at = 0; at < 2_000; at += 10) {
        if (bulkAfter(planner, states, 5_000) > 0) taken += 1
        vi.advanceTimersByTime(10)
      }
      expect(taken).toBe(8)
    })
  })
})
