import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '@throughline/contracts'
import { addToTally, adoptTally, foldTally, mergeTallies, readTally, settleTally, type TallyRule } from './tally.ts'
import { numbers, values, type NumberSum } from './totals.ts'
import { recordCount, valueOfRecord } from './records.ts'

interface Happened {
  readonly at: number
  readonly hash: number
  readonly value: number
}
const ever: TallyRule<NumberSum> = { adder: numbers, bucketOf: () => 0 }
const daily: TallyRule<NumberSum> = { adder: numbers, bucketOf: (at) => Math.floor(at / 10), buckets: 3 }
const rule = fc.constantFrom(ever, daily)
/** Events with an identity each, so that lists of different people share none. */
const events = (max: number) =>
  fc
    .array(fc.record({ at: fc.integer({ min: 0, max: 60 }), value: fc.integer({ min: -50, max: 50 }) }), { maxLength: max })
    .map((list) => list.map((one, i): Happened => ({ ...one, hash: i })))
const of = (list: readonly Happened[], person: number): readonly Happened[] => list.map((one) => ({ ...one, hash: one.hash * 10 + person }))

const add = (state: Json | undefined, { at, hash, value }: Happened, by: TallyRule<NumberSum>) => addToTally(state, at, hash, value, by)
/** Heard one by one by somebody whose history is known. */
const live = (list: readonly Happened[], by: TallyRule<NumberSum>): Json | undefined =>
  list.reduce<Json | undefined>((state, one) => settleTally(add(state, one, by), by), undefined)
const settled = (state: Json | undefined, by: TallyRule<NumberSum>) => (state === undefined ? undefined : settleTally(state, by))
const merge = (a: Json | undefined, b: Json | undefined, by: TallyRule<NumberSum>) =>
  a === undefined ? b : b === undefined ? a : mergeTallies(a, b, by)

function total(state: Json | undefined, { adder }: TallyRule<NumberSum>): Json {
  const sum = adder.start()
  const { latest, settled: buckets } = readTally(state)
  for (const { totals } of buckets) adder.addTotals(sum, totals)
  for (let i = 0; i < recordCount(latest); i++) adder.add(sum, valueOfRecord(latest, i))
  return adder.close(sum)
}

describe('a tally', () => {
  it('is the same in whatever order events come, and as if folded from history', () => {
    fc.assert(
      fc.property(events(40), rule, (list, by) => {
        const folded = settled(foldTally(list, by), by)
        expect(
          live(
            list.toSorted((a, b) => a.at - b.at || a.hash - b.hash),
            by,
          ),
        ).toEqual(folded)
        expect(total(live(list, by), ever)).toEqual(by === ever ? total(folded, ever) : expect.anything())
      }),
    )
  })

  it('adds up what two people did, commutatively and associatively', () => {
    fc.assert(
      fc.property(events(20), events(20), events(20), rule, (x, y, z, by) => {
        const [a, b, c] = [live(of(x, 1), by), live(of(y, 2), by), live(of(z, 3), by)]
        expect(settled(merge(a, b, by), by)).toEqual(settled(merge(b, a, by), by))
        expect(settled(merge(merge(a, b, by), c, by), by)).toEqual(settled(merge(a, merge(b, c, by), by), by))
        if (by === ever) expect(settled(merge(a, b, by), by)).toEqual(settled(foldTally([...of(x, 1), ...of(y, 2)], by), by))
      }),
    )
  })

  it('counts once what was both folded from history and heard meanwhile, however often the fill is repeated', () => {
    fc.assert(
      fc.property(events(40), fc.nat(40), fc.nat(40), rule, (list, from, until, by) => {
        // History reaches to `until`; what came from `from` on was heard while it was being read.
        const history = list.slice(0, until)
        const heard = list.slice(Math.min(from, until)).reduce<Json | undefined>((state, one) => add(state, one, by), undefined)
        const folded = foldTally(history, by)
        if (folded === undefined) return
        const once = heard === undefined ? folded : adoptTally(heard, folded)
        expect(adoptTally(once, folded)).toEqual(once)
        expect(settled(once, by)).toEqual(settled(foldTally(list, by), by))
      }),
    )
  })

  it('takes the place of what had been added up before, when a person is folded anew', () => {
    fc.assert(
      fc.property(events(30), events(30), (before, after) => {
        const standing = [...after].reduce<Json | undefined>(
          (state, one) => add(state, { ...one, hash: one.hash + 1_000 }, ever),
          live(before, ever),
        )
        const history = [...before, ...after.slice(0, 10).map((one) => ({ ...one, hash: one.hash + 1_000 }))]
        const folded = foldTally(history, ever)
        if (standing === undefined || folded === undefined) return
        const all = [...before, ...after.map((one) => ({ ...one, hash: one.hash + 1_000 }))]
        expect(total(adoptTally(standing, folded), ever)).toEqual(total(foldTally(all, ever), ever))
      }),
    )
  })

  it('knows an event that comes again while it is among the latest', () => {
    const list = Array.from({ length: 20 }, (_, i): Happened => ({ at: i, hash: i, value: 1 }))
    const state = live(list, ever)
    expect(add(state, list[15]!, ever)).toBe(state)
    expect(readTally(state).latest).toHaveLength(8 * 3)
  })

  it('adds up exactly beyond what a double holds, in whatever order', () => {
    const list = [9e15, 9e15, 1, 9e15, -9e15, -9e15, 2, -9e15, 9e15].map((value, i): Happened => ({ at: i, hash: i, value }))
    const [one, other] = [foldTally(list, ever)!, foldTally([...list, ...of(list, 7)], ever)!]
    expect(total(one, ever)).toEqual([9, 9_000_000_000_000_003, -9e15, 9e15])
    expect(total(JSON.parse(JSON.stringify(settleTally(other, ever))) as Json, ever)).toEqual([18, '18000000000000006', -9e15, 9e15])
    expect(total(mergeTallies(settleTally(one, ever), foldTally(of(list, 7), ever)!, ever), ever)).toEqual(total(other, ever))
  })

  it('stays small, however much happens', () => {
    const state = live(
      Array.from({ length: 3_000 }, (_, i): Happened => ({ at: i, hash: i, value: i })),
      ever,
    )
    expect(JSON.stringify(state).length).toBeLessThan(250)
    expect(total(state, ever)).toEqual([3_000, (2_999 * 3_000) / 2, 0, 2_999])
  })

  it('tells up to 256 values apart; of more it knows that they were too many, in whatever order they came, and how many in all', () => {
    const by = { adder: values, bucketOf: () => 0 }
    const list = (different: number) =>
      Array.from({ length: 3_000 }, (_, i) => ({ at: i, hash: i, value: i % 3 === 0 ? 'sfrequent' : `s${i % different}` }))
    const settledOf = (events: ReturnType<typeof list>) => readTally(settleTally(foldTally(events, by)!, by)).settled[0]!.totals
    expect(settledOf(list(254))).toHaveLength(1 + 255 * 2)
    expect(settledOf(list(700))).toEqual([2_992, 0])
    const [one, other] = [list(700).slice(0, 300), list(700).slice(300, 600)].map((part) => settleTally(foldTally(part, by)!, by))
    const sum = values.start()
    for (const { totals } of readTally(mergeTallies(one!, other!, by)).settled) values.addTotals(sum, totals)
    expect(values.isOver!(sum)).toBe(true)
  })
})
