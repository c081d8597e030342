import { type Condition, type Definition } from '@throughline/contracts'
import { conditionToSql } from '@throughline/engine'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { begin, compareAnswers, createHistory, hour, type Spoken } from './test/agreement.ts'
import { comparedTrait, properties, where } from './test/values.ts'

/*
 * The two answers of a condition, compared on random data. Instants lie on a grid of hours, some a millisecond beside it, so
 * that window boundaries are met exactly; values are of every type, so that comparisons across types are.
 */
const seed = 20260101
const conditionCount = 36
const peopleCount = 60

const names = ['Order Completed', 'Product Viewed', 'Search']
const times = fc.oneof(
  fc.record({ op: fc.constant('at-least' as const), n: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constantFrom('at-most' as const, 'exactly' as const), n: fc.integer({ min: 0, max: 3 }) }),
)
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  comparedTrait.map((compared): Condition => ({ kind: 'trait', ...compared })),
  fc.record({
    kind: fc.constant('event' as const),
    event: fc.constantFrom(...names, ...names, 'Journey Left'),
    times,
    where,
    within: fc.option(fc.constantFrom('3 hours', '12 hours', '1 day', '2 days'), { nil: undefined }),
  }),
)
const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('tree') }),
  ),
}))

const jitter = fc.constantFrom(0, 0, 0, 1, -1)
const spoken: fc.Arbitrary<Spoken> = fc
  .record({
    hours: fc.integer({ min: 1, max: 96 }),
    late: fc.constantFrom(0, 0, 0, 3, 24, 30),
    by: jitter,
    about: fc.integer({ min: 0, max: 9 }),
    name: fc.constantFrom(...names),
    properties,
    said: properties,
    again: fc.constantFrom(true, false, false, false),
  })
  .map(({ hours, late, by, about, name, properties: own, said, again }): Spoken => {
    const receivedAt = begin + hours * hour + by
    const identifies = about < 3
    return {
      type: identifies ? 'identify' : 'track',
      name: identifies ? 'Identified' : name,
      receivedAt,
      timestamp: receivedAt - late * hour,
      properties: own,
      context: about === 9 ? { traits: said } : {},
      again,
    }
  })
const history = fc.array(spoken, { minLength: 0, maxLength: 24 }).map((events) => events.toSorted((a, b) => a.receivedAt - b.receivedAt))

// A journey that sets a trait, so that traits said by Throughline itself are compared too.
const mark: Definition = {
  kind: 'journey',
  id: 'mark',
  name: 'Mark',
  start: 'wait',
  entry: { on: { event: 'Search' }, reentry: { kind: 'always' } },
  steps: { wait: { kind: 'wait', for: '5 hours', next: 'mark' }, mark: { kind: 'update-profile', set: { place: 'GB', amount: 5 } } },
}

let store: TestClickHouse
beforeAll(async () => {
  store = await makeTestClickHouse()
  await createHistory(store)
})
afterAll(() => store.drop())

it('answers every condition in the engine as in ClickHouse, for random trees and histories, while time passes', async () => {
  const { compared, differences } = await compareAnswers(store, {
    conditions: fc.sample(tree, { seed, numRuns: conditionCount }),
    histories: fc.sample(history, { seed, numRuns: peopleCount }),
    nows: [24, 97, 144].map((hours) => begin + hours * hour),
    definitions: [mark],
    zone: 'Europe/Berlin',
  })
  expect(differences.slice(0, 3)).toEqual([])
  expect(compared).toBeGreaterThan(4_000)
}, 180_000)

it('reads the events by name where all conditions can be answered from them', async () => {
  const bought: Condition = {
    kind: 'event',
    event: 'Order Completed',
    times: { op: 'at-least', n: 2 },
    where: [{ property: 'a.b', compare: { op: 'exists' } }],
  }
  const { sql } = conditionToSql(
    { kind: 'all', of: [bought, { kind: 'trait', trait: 'place', compare: { op: 'is', value: 'GB' } }] },
    { now: begin, tables: { byName: 'events_by_name' } },
  )
  expect(sql).toContain('from events_by_name')
  expect(sql).not.toMatch(/JSONExtractRaw\(properties[,)]/)
})
