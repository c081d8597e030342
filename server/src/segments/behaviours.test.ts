import { rfmGroups, type Comparison, type Condition, type Measure, type RfmThresholds, type TraitDefinition } from '@throughline/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { begin, compareAnswers, createHistory, hour, type Spoken } from './test/agreement.ts'
import { behaviours, life, measures } from './test/behaviours.ts'

/*
 * The two answers of questions about what people did, compared on random lives: with events told late and twice, with time that
 * passes without any, with merges, and in a zone whose days are not those of UTC.
 */
const seed = 20261122
const perKind = 5
const peopleCount = 42

let store: TestClickHouse
beforeAll(async () => {
  store = await makeTestClickHouse()
  await createHistory(store)
})
afterAll(() => store.drop())

it('answers every question about behaviour in the engine as in ClickHouse, for random lives, while time passes', async () => {
  const leaves = behaviours.flatMap((kind) => fc.sample(kind, { seed, numRuns: perKind }))
  const some = fc.constantFrom(...leaves)
  const trees: fc.Arbitrary<Condition> = fc.oneof(
    fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(some, { minLength: 2, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), of: some }),
  )
  // Under a name, a figure answers the same.
  const traits = Object.values(measures).map((measure, i): TraitDefinition => ({
    kind: 'trait',
    id: `t-${i}`,
    name: `t-${i}`,
    value: fc.sample(measure, { seed, numRuns: 1 })[0]!,
  }))
  const computed = traits.map(({ id }): Condition => ({ kind: 'computed', trait: id, compare: { op: 'at-least', value: 2 } }))
  const { compared, differences } = await compareAnswers(store, {
    conditions: [...leaves, ...computed, ...fc.sample(trees, { seed, numRuns: 12 })],
    histories: fc.sample(life, { seed, numRuns: peopleCount }),
    nows: [24, 61, 120].map((hours) => begin + hours * hour),
    zone: 'America/New_York',
    definitions: traits,
  })
  expect(differences.slice(0, 3)).toEqual([])
  expect(compared).toBeGreaterThan(10_000)
}, 300_000)

it('scores people by the same thresholds in the engine as in ClickHouse, while these change and people prove to be one', async () => {
  const scores = fc.option(fc.subarray([1, 2, 3, 4, 5], { minLength: 1, maxLength: 3 }), { nil: undefined })
  const groups = fc.subarray(
    rfmGroups.map(({ id }) => id),
    { minLength: 1, maxLength: 4 },
  )
  const asked = fc.record({
    kind: fc.constant('rfm' as const),
    groups: fc.option(groups, { nil: undefined }),
    recency: scores,
    frequency: scores,
    money: scores,
  })
  const instant = fc.integer({ min: 1, max: 96 }).map((hours) => begin + hours * hour)
  const four = <T>(each: fc.Arbitrary<T>) => fc.tuple(each, each, each, each)
  const thresholds = fc.record({
    days: fc.constantFrom(null, 1, 2),
    recency: four(instant),
    frequency: four(fc.integer({ min: 0, max: 4 })),
    money: four(fc.constantFrom(-1_000, 0, 2_000, 50_000, 499_000, 1_000_000)),
  })
  const lives = fc.sample(life, { seed, numRuns: 24 }).map((said) =>
    said.map((one) => {
      const { amount = null, place = null } = one.properties
      return { ...one, properties: { total: amount, value: place } }
    }),
  )
  for (const days of [null, 2]) {
    const { compared, differences } = await compareAnswers(store, {
      conditions: [{ kind: 'rfm' }, ...fc.sample(asked, { seed, numRuns: 10 }), { kind: 'not', of: { kind: 'rfm', money: [1] } }],
      histories: lives,
      nows: [24, 61, 120].map((hours) => begin + hours * hour),
      zone: 'America/New_York',
      thresholds: fc.sample(thresholds, { seed, numRuns: 3 }).map((one): RfmThresholds => ({ ...one, days })),
    })
    expect(differences.slice(0, 3)).toEqual([])
    expect(compared).toBeGreaterThan(1_200)
  }
}, 180_000)

it('looks at the same latest events of somebody who did more than is held, also where several happened at once', async () => {
  // Ten an hour, five of them in one millisecond; in the texts a hundred and more bytes.
  const busy = (person: number): readonly Spoken[] =>
    Array.from({ length: 540 }, (_, i): Spoken => {
      const receivedAt = begin + Math.floor(i / 5) * (hour / 2) + 1
      const word = `${'ü'.repeat((i * 7) % (person * 45))}${i % (3 + person)}`
      const total = [9e11, 9e11, 0.1, -9e11, -9e11][i % 5]!
      const properties = { total, amount: ((i * 37) % 101) - 3, place: word, items: [{ sku: i % 4 }, { sku: (i * 5) % 7 }] }
      return {
        type: 'track',
        name: i % 3 === 0 ? 'A' : 'B',
        receivedAt,
        timestamp: receivedAt,
        properties,
        context: {},
        again: i % 50 === 0,
      }
    })
  // More things in one event than are followed, then one of them.
  const wide = (sku: number): readonly Spoken[] => [
    { ...busy(1)[0]!, name: 'A', properties: { items: Array.from({ length: 60 }, (_, i) => ({ sku: i })) } },
    { ...busy(1)[20]!, name: 'B', properties: { items: [{ sku }] } },
  ]
  // As many moments as count, or one more, each of two steps; only the first is the beginning.
  const long = (moments: number): readonly Spoken[] =>
    Array.from({ length: moments }, (_, i): Spoken => {
      const receivedAt = begin + (i + 1) * (hour / 6)
      return { ...busy(1)[0]!, name: 'L', receivedAt, timestamp: receivedAt, properties: { amount: i === 0 ? 999 : 1 }, again: false }
    })
  // As many different values as are told apart, one more, and few that are long; two who have too many only when they prove to be one.
  const many = (values: readonly string[]): readonly Spoken[] =>
    [...values, values[0]!].map((place, i): Spoken => {
      const receivedAt = begin + i * (hour / 8) + 1
      const timestamp = i % 7 === 3 ? begin + 1 : receivedAt
      return { ...busy(1)[0]!, name: 'M', receivedAt, timestamp, properties: { place }, again: i % 50 === 0 }
    })
  const words = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `v${from + i}`)
  const asked = { event: 'M', property: 'place', within: undefined }
  const figure = (measure: object, compare: Comparison): Condition => ({
    kind: 'measure',
    measure: { event: '*', within: '30 days', ...measure } as Measure,
    compare,
  })
  const bounds = [495, 500]
  const conditions: readonly Condition[] = [
    ...bounds.map((value) => figure({ of: 'count' }, { op: 'at-least', value })),
    ...[23_000].map((value) => figure({ of: 'sum', property: 'amount' }, { op: 'at-least', value })),
    ...[30].flatMap((value) => [
      figure({ of: 'share', property: 'place', value: '2' }, { op: 'at-least', value: value / 20 }),
      figure(
        { of: 'share', matching: [{ property: 'amount', compare: { op: 'greater', value: 30 } }] },
        { op: 'at-least', value: value + 5 },
      ),
      figure({ of: 'rank', property: 'place', value: '3', calendarDays: 9, within: undefined }, { op: 'at-most', value }),
    ]),
    // Larger on the way than a double holds exactly.
    figure({ of: 'sum', property: 'total', within: undefined }, { op: 'is', value: 10.8 }),
    figure({ of: 'values', property: 'place' }, { op: 'has-any', values: ['1', `${'ü'.repeat(20)}5`] }),
    ...[0, 3].map((n): Condition => ({
      kind: 'sequence',
      steps: [
        { event: 'A', where: [{ property: 'amount', compare: { op: 'at-most', value: n } }] },
        { event: 'A', not: true, within: `${n + 1} hours` },
      ],
    })),
    { kind: 'sequence', steps: [{ event: 'A' }, { event: 'B' }], same: 'items[].sku' },
    {
      kind: 'sequence',
      steps: [
        { event: 'L', where: [{ property: 'amount', compare: { op: 'is', value: 999 } }] },
        { event: 'L' },
        { event: 'L', where: [{ property: 'amount', compare: { op: 'exists' } }] },
      ],
    },
    ...[5].map((value): Condition => ({
      kind: 'sequence',
      steps: [{ event: 'A', where: [{ property: 'amount', compare: { op: 'is', value } }] }, { event: 'B' }],
      same: 'items[].sku',
    })),
  ]
  const manyAsked: readonly Condition[] = [
    figure({ ...asked, of: 'most-frequent' }, { op: 'is', value: 'v0' }),
    figure({ ...asked, of: 'most-frequent' }, { op: 'missing' }),
    figure({ ...asked, of: 'rank', value: 'v0' }, { op: 'at-most', value: 1 }),
    figure({ ...asked, of: 'rank', value: 'v99', between: { from: '2026-01-01' } }, { op: 'exists' }),
    figure({ ...asked, of: 'share', value: 'v0' }, { op: 'greater', value: 0 }),
    figure({ ...asked, of: 'values' }, { op: 'has-any', values: ['v99'] }),
    figure({ ...asked, of: 'values' }, { op: 'missing' }),
    ...[255, 256, 257].map((value) => figure({ ...asked, of: 'distinct' }, { op: 'at-least', value })),
  ]
  const nows = [52, 90].map((hours) => begin + hours * hour)
  const latest = await compareAnswers(store, {
    conditions,
    histories: [...[1, 4].map(busy), ...[45, 55].map(wide), ...[201, 200].map(long)],
    nows,
  })
  expect(latest.differences.slice(0, 3)).toEqual([])
  expect(latest.compared).toBeGreaterThan(40)
  const long90 = Array.from({ length: 90 }, (_, i) => `v${i}`.padEnd(190, 'ü'))
  const lives = [words(0, 256), words(0, 9), words(0, 257), words(0, 200), words(150, 300), long90]
  const different = await compareAnswers(store, { conditions: manyAsked, histories: lives.map(many), nows })
  expect(different.differences.slice(0, 3)).toEqual([])
  expect(different.compared).toBeGreaterThan(100)
}, 180_000)
