import type { Comparison, Condition } from '@throughline/contracts'
import { compileDefinitions, conditionsToSql, emptyProfile, nextChangeAt, valueOf, type ProfileState } from '@throughline/engine'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { createHistory } from './test/agreement.ts'
import { comparisons, values } from './test/values.ts'

/*
 * Every comparison with every value, at instants around the changes of the clocks: the engine's answer against ClickHouse's.
 * One person per value, whose one trait it is.
 */
const hour = 3_600_000
const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe']
const instants = ['2026-03-29T01:00:00Z', '2025-02-28T12:00:00Z', '2028-02-29T09:00:00Z']
const sampled = Object.values(comparisons).flatMap((family) => fc.sample<Comparison>(family, { seed: 20260329, numRuns: 12 }))
const conditions = sampled.map((compare): Condition => ({ kind: 'trait', trait: 'x', compare }))
const people = values.map((value, i): ProfileState => ({
  ...emptyProfile(`00000000-0000-7000-8000-${String(i).padStart(12, '0')}`, 0),
  traits: { x: [value, 1] },
}))
const definitionsOf = (zone: string) =>
  compileDefinitions([], { zone, consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } })

let store: TestClickHouse
beforeAll(async () => {
  store = await makeTestClickHouse()
  await createHistory(store)
  await store.client.insert({
    table: 'events',
    values: people.map((person, seq) => ({
      shard: 0,
      lane: 0,
      seq,
      event_id: `web:${seq}`,
      profile_id: person.id,
      type: 'identify',
      name: 'Identified',
      timestamp: 1,
      received_at: 1,
      source: 'web',
      properties: JSON.stringify({ x: person.traits.x![0] }),
      context: '{}',
    })),
    format: 'JSONEachRow',
  })
})
afterAll(() => store.drop())

describe.each(zones)('comparisons by the clocks of %s', (zone) => {
  const definitions = definitionsOf(zone)

  it('give the same answer in the engine as in ClickHouse, for every value', async () => {
    for (const now of instants.map(Date.parse)) {
      const { sql, params } = conditionsToSql(conditions, { now, context: definitions.context })
      const result = await store.client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
      const rows = await result.json<{ profile: string } & Record<string, number>>()
      expect(rows.length).toBe(people.length)
      const byId = new Map(rows.map((row) => [row.profile, row]))
      const differences = people.flatMap((person) =>
        conditions.flatMap((condition, i) => {
          const engine = valueOf(condition, person, { now, pending: new Set(), definitions })
          const inStore = byId.get(person.id)?.[`holds_${i}`] === 1
          return engine === inStore
            ? []
            : [`${JSON.stringify(person.traits.x![0])} ${JSON.stringify(sampled[i])}: engine ${engine}, store ${inStore}`]
        }),
      )
      expect(differences.slice(0, 5)).toEqual([])
    }
  })

  it('change with time at the instants that they foretell, and at no others', () => {
    const from = Date.parse('2026-03-28T00:00:00Z')
    for (const person of people) {
      for (const condition of conditions) {
        const answer = (now: number) => valueOf(condition, person, { now, pending: new Set(), definitions })
        let next = nextChangeAt(condition, person, from, definitions)
        let standing = answer(from)
        for (let now = from; now < from + 60 * hour; now += hour) {
          while (next !== null && next <= now) {
            standing = answer(next)
            const after = nextChangeAt(condition, person, next, definitions)
            expect(after === null || after > next).toBe(true)
            next = after
          }
          if (answer(now) !== standing)
            expect.fail(
              `${JSON.stringify(person.traits.x![0])} ${JSON.stringify(condition)} changed before ${new Date(now).toISOString()} unforetold`,
            )
        }
      }
    }
  })
})
