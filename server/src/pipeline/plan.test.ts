import { describe, expect, it } from 'vitest'
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
  return { read: read.length, taken: planner.cut({ horizons, live: [], due: [], bulk: read }, states, plan, walks).bulk.length }
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
})
