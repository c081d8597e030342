import { rfmGroups, type RfmThresholds } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { calendarOf, compileDefinitions, groupOf, rankAnew, rfmPath, scoresOf, type RfmTransaction } from '../index.ts'
import { inboxTemplate, journey, note, segment } from '../test/definitions.ts'
import { day, facts, hour, meet, minute, noon, only, segmentsOf } from '../test/person.ts'

const settings = { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } } as const
/** The fifths part at orders of so many days ago, at 1 and 2 orders, and at a hundred each. */
const thresholds = (now: number, days: number | null = null): RfmThresholds => ({
  days,
  recency: [now - 1 * day, now - 2 * day, now - 3 * day, now - 4 * day],
  frequency: [1, 1, 2, 3],
  money: [1_000_000, 2_000_000, 3_000_000, 4_000_000],
})
const champions = segment('champions', { kind: 'rfm', groups: ['champions'] })
const sleepers = segment('sleepers', { kind: 'rfm', groups: ['about-to-sleep', 'hibernating'] })
const winback = journey({
  id: 'winback',
  entry: { on: { event: 'Segment Entered', where: [{ property: 'segment', compare: { op: 'is', value: 'sleepers' } }] } },
  steps: { say: note() },
})
const published = (rfm: RfmThresholds, epoch: number, later = 1) =>
  compileDefinitions(
    [champions, sleepers, winback, inboxTemplate].map((definition) => ({
      definition,
      version: 1,
      epoch: definition === sleepers ? later : 1,
    })),
    settings,
    { epoch, rankedAt: null, rfm },
  )
const bought = (total: number) => ({ properties: { total } })

it('an order counts at once; how others stand changes memberships when thresholds come into force, from that instant on', () => {
  const person = meet(published(thresholds(noon), 1))
  expect(facts(person.hear('Order Completed', noon + minute, bought(40)))).toEqual([])
  for (const n of [2, 3]) person.hear('Order Completed', noon + n * minute, bought(40))
  expect(segmentsOf(person)).toEqual({ champions: noon + 3 * minute })
  const then = noon + 6 * day
  expect(person.due).toBeNull()
  person.definitions = published({ ...thresholds(then), frequency: [3, 3, 3, 4] }, 2)
  const effects = person.take((profile, ctx) => rankAnew(profile, { at: then, epoch: 2 }, ctx), then + hour)
  expect(facts(effects)).toEqual([
    `Segment Left +${(then - noon) / minute}`,
    `Segment Entered +${(then - noon) / minute}`,
    `Journey Entered +${(then + hour - noon) / minute}`,
    `Message Planned +${(then + hour - noon) / minute}`,
    `Journey Left +${(then + hour - noon) / minute}`,
  ])
  expect(only(effects, 'message')).toHaveLength(1)
  expect(segmentsOf(person)).toEqual({ sleepers: then })
})

it('leaves a segment that was published since to its own filling', () => {
  const person = meet(published(thresholds(noon), 1))
  person.hear('Order Completed', noon + minute, bought(40))
  const then = noon + 6 * day
  person.definitions = published(thresholds(then), 2, 3)
  expect(person.take((profile, ctx) => rankAnew(profile, { at: then, epoch: 2 }, ctx), then)).toEqual([])
})

it('with days that count, an order leaves at midnight, and a person without any has no scores', () => {
  const person = meet(published(thresholds(noon, 2), 1))
  for (const n of [1, 2, 3]) person.hear('Order Completed', noon + n * minute, bought(40))
  expect(facts(person.pass(noon + 5 * day))).toEqual([`Segment Left +${(36 * hour) / minute}`])
})

it('scores by fifths: the lowest number of orders 1, the latest order 5, equal figures equally', () => {
  const all = { last: noon, orders: 1, money: 500 }
  const alone: RfmThresholds = {
    days: null,
    recency: [noon, noon, noon, noon],
    frequency: [1, 1, 1, 1],
    money: [500, 500, 500, 500],
  }
  expect(scoresOf(all, alone)).toEqual({ recency: 5, frequency: 1, money: 1 })
  expect(groupOf(scoresOf(all, alone))).toBe('new-customers')
  expect(rfmGroups.flatMap(({ cells }) => [...cells]).sort()).toEqual(
    [1, 2, 3, 4, 5].flatMap((recency) => [1, 2, 3, 4, 5].map((frequency) => recency * 10 + frequency)),
  )
})

it('tells the way of a person through the groups: the past as it was, and since then as it became known', () => {
  const order = (at: number, receivedAt = at): RfmTransaction => ({ kind: 'order', at, receivedAt, money: 500_000 })
  const transactions: RfmTransaction[] = [
    order(noon - 20 * day, noon - day),
    order(noon - 19 * day, noon - day),
    // Told an hour late, when a refund had come in.
    order(noon + hour, noon + 2 * hour),
    { kind: 'refund', at: noon + 90 * minute, receivedAt: noon + 90 * minute, money: 100_000 },
  ]
  const versions = [
    { since: noon - 19 * day + hour, thresholds: thresholds(noon - 19 * day), isPast: true },
    { since: noon - 10 * day, thresholds: thresholds(noon - 10 * day), isPast: true },
    { since: noon, thresholds: thresholds(noon), isPast: false },
  ]
  const { figures, scores, path } = rfmPath(transactions, versions, calendarOf('UTC'), noon + day)
  expect(figures).toEqual({ last: noon + hour, orders: 3, money: 1_400_000 })
  expect(scores).toEqual({ recency: 5, frequency: 4, money: 2 })
  expect(path).toEqual([
    { at: noon - 19 * day + hour, group: 'potential-loyalists' },
    { at: noon - 10 * day, group: 'at-risk' },
    { at: noon + 2 * hour, group: 'champions' },
  ])
  expect(rfmPath([], versions, calendarOf('UTC'), noon)).toEqual({
    figures: null,
    scores: null,
    path: [{ at: noon - 19 * day + hour, group: null }],
  })
})
