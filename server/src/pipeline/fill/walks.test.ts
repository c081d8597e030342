import { expect, test } from 'vitest'
import { nobodyYet, pendingFor, toShardState, type ShardState } from '../shard-state.ts'
import { joinById, splitByShard, type Past } from './join.ts'
import { everybody, makeWalks, type Slice } from './walks.ts'

const shardAt = (walkedTo: string): ShardState => ({
  ...toShardState({
    shard: 3,
    epoch: 1,
    live_seq: 10,
    bulk_seq: 5,
    derived_seq: 0,
    clock: 0,
    definitions_epoch: 2,
    next_timer: null,
    fills: [{ epoch: 2, leaves: ['bought'], walked_to: walkedTo }],
  }),
  touched: new Set(),
})
const id = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(10, '0')}03`
const sliceOf = (state: ShardState, ids: readonly number[], more: Partial<Slice> = {}): Slice => ({
  state,
  epoch: 2,
  reach: { live: 10, bulk: 5 },
  people: ids.map((n) => ({ id: id(n), states: { bought: [n, n] } })),
  upTo: everybody,
  ...more,
})

test('people are cut off in the order of their ids, with whoever was moved meanwhile, until the slice is done with', async () => {
  const [walks, state] = [makeWalks(() => undefined), shardAt(id(1))]
  const taken = walks.offer(sliceOf(state, [1, 2, 5, 9]))
  state.touched = new Set([id(7), id(1), id(5)])
  const first = walks.cut(3, 3)!
  expect([...first.people]).toEqual([
    [id(2), { bought: [2, 2] }],
    [id(5), { bought: [5, 5] }],
    [id(7), {}],
  ])
  expect(first.upTo).toBe(id(7))
  walks.took(first)
  state.fills = [{ ...state.fills[0]!, walkedTo: first.upTo }]
  const last = walks.cut(3, 3)!
  expect([[...last.people.keys()], last.upTo]).toEqual([[id(9)], everybody])
  walks.took(last)
  expect(await taken).toBe(true)
  expect(walks.ready(new Map([[3, state]]))).toEqual([])
})

test('a slice waits until the shard has taken what lay in its inbox when history was read', () => {
  const [walks, state] = [makeWalks(() => undefined), shardAt(nobodyYet)]
  void walks.offer(sliceOf(state, [1], { reach: { live: 11, bulk: 5 } }))
  expect(walks.ready(new Map([[3, state]]))).toEqual([])
  state.liveSeq = 11
  expect(walks.ready(new Map([[3, state]]))).toEqual([state])
})

test('a slice is dropped when the shard was read anew, or is not held any more', async () => {
  for (const held of [new Map([[3, shardAt(nobodyYet)]]), new Map<number, ShardState>()]) {
    const walks = makeWalks(() => undefined)
    const taken = [walks.offer(sliceOf(shardAt(nobodyYet), [1])), walks.offer(sliceOf(shardAt(nobodyYet), [2]))]
    expect(walks.ready(held)).toEqual([])
    expect(await Promise.all(taken)).toEqual([false, false])
  }
})

test('a leaf is pending for those behind the last who was filled', () => {
  const state = shardAt(id(4))
  state.fills = [...state.fills, { epoch: 3, leaves: new Set(['viewed']), walkedTo: nobodyYet }]
  expect([...pendingFor(state, id(4))]).toEqual(['viewed'])
  expect([...pendingFor(state, id(5))]).toEqual(['bought', 'viewed'])
})

test('people of several sources come once each, in the order of their ids, with the events of all', async () => {
  async function* of(...people: [n: number, ...events: string[]][]): AsyncGenerator<Past> {
    for (const [n, ...events] of people) yield { id: id(n), events: events.map((name) => ({ name })) as unknown as Past['events'] }
  }
  const joined: [string, string[]][] = []
  for await (const { id: found, events } of joinById([of([1], [2], [4]), of([2, 'a'], [3, 'b']), of([2, 'c'])]))
    joined.push([found, events.map(({ name }) => name)])
  expect(joined).toEqual([
    [id(1), []],
    [id(2), ['a', 'c']],
    [id(3), ['b']],
    [id(4), []],
  ])
})

test('people who come by shard are handed out a shard at a time, and those of a shard that is given up are passed over', async () => {
  const ids = ['00', '40', '03', '43', '05'].map((end, n) => `00000000-0000-7000-8000-00000000${n}0${end}`)
  async function* all(): AsyncGenerator<Past> {
    for (const one of ids) yield { id: one, events: [] }
  }
  const split = splitByShard(all())
  const first = split.of(0)
  expect((await first.next()).value?.id).toBe(ids[0])
  const found: string[] = []
  for (const shard of [2, 3, 5]) for await (const one of split.of(shard)) found.push(one.id)
  expect(found).toEqual(ids.slice(2))
})
