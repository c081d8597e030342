import type { Condition, TraitDefinition } from '@throughline/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { begin, compareAnswers, createHistory, hour } from './test/agreement.ts'
import { behaviours, life, measures } from './test/behaviours.ts'

/*
 * The two answers of questions about what people did, compared on random lives: with events told late and twice, with time that
 * passes without any, with merges, and in a zone whose days are not those of UTC.
 */
const seed = 20261122
const perKind = 7
const peopleCount = 45

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
