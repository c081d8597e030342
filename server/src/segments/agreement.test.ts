import { lanes, type Condition, type Event, type JsonObject, type PublishedDefinition } from '@throughline/contracts'
import {
  advance,
  compileDefinitions,
  conditionsToSql,
  emptyProfile,
  mergeProfiles,
  type AdvanceContext,
  type Effect,
  type ProfileState,
} from '@throughline/engine'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { createTables } from '../platform/clickhouse/index.ts'
import { compare, path, properties, where } from './test/values.ts'

/*
 * The two answers of a condition, compared on random data: the engine's, moved event by event and timer by timer, and that of
 * the SQL over the same events. Instants lie on a grid of hours, some a millisecond beside it, so that window boundaries are
 * met exactly; values are of every type, so that comparisons across types are.
 */
const hour = 3_600_000
const begin = Date.UTC(2026, 0, 1)
const seed = 20260101
const conditionCount = 36
const peopleCount = 60

const names = ['Order Completed', 'Product Viewed', 'Search']
const times = fc.oneof(
  fc.record({ op: fc.constant('at-least' as const), n: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ op: fc.constantFrom('at-most' as const, 'exactly' as const), n: fc.integer({ min: 0, max: 3 }) }),
)
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('trait' as const), trait: path, compare }),
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

interface Spoken {
  readonly type: 'track' | 'identify'
  readonly name: string
  readonly receivedAt: number
  readonly timestamp: number
  readonly properties: JsonObject
  readonly context: JsonObject
  readonly again: boolean
}
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

const conditions = fc.sample(tree, { seed, numRuns: conditionCount })
const histories = fc.sample(history, { seed, numRuns: peopleCount })
// A journey that sets a trait, so that traits said by Throughline itself are compared too.
const published: readonly PublishedDefinition[] = [
  ...conditions.map((where, i) => ({
    version: 1,
    epoch: 1,
    definition: { kind: 'segment' as const, id: `s-${i}`, name: `s-${i}`, where },
  })),
  {
    version: 1,
    epoch: 1,
    definition: {
      kind: 'journey',
      id: 'mark',
      name: 'Mark',
      start: 'wait',
      entry: { on: { event: 'Search' }, reentry: { kind: 'always' } },
      steps: { wait: { kind: 'wait', for: '5 hours', next: 'mark' }, mark: { kind: 'update-profile', set: { place: 'GB', amount: 5 } } },
    },
  },
]
const definitions = compileDefinitions(published, {
  zone: 'UTC',
  consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' },
})
const none: ReadonlySet<string> = new Set()
const at = (now: number): AdvanceContext => ({ definitions, now, pending: none })

/** One person in the engine, and the rows that the export writes for them. */
interface Person {
  profile: ProfileState
  due: number | null
  readonly rows: Row[]
}

function move(person: Person, step: { profile: ProfileState; effects: readonly Effect[]; nextTimerAt: number | null }, now: number): void {
  person.profile = step.profile
  person.due = step.nextTimerAt
  for (const effect of step.effects) {
    if (effect.kind !== 'fact') continue
    person.rows.push(
      row(person.profile.id, {
        id: effect.id,
        type: 'fact',
        name: effect.name,
        timestamp: effect.at,
        receivedAt: now,
        properties: effect.properties,
        context: {},
        source: 'throughline',
        lane: lanes.derived,
      }),
    )
  }
}

function passTime(person: Person, until: number): void {
  while (person.due !== null && person.due <= until) move(person, advance(person.profile, { kind: 'timer' }, at(person.due)), person.due)
}

function hear(person: Person, said: Spoken, number: number): void {
  passTime(person, said.receivedAt - 1)
  const { again, ...rest } = said
  const event: Event = { ...rest, id: `web:${person.profile.id}-${number}`, source: 'web', lane: lanes.live, triggers: true }
  person.rows.push(row(person.profile.id, event))
  for (let i = 0; i < (again ? 2 : 1); i++)
    move(person, advance(person.profile, { kind: 'event', event }, at(said.receivedAt)), said.receivedAt)
}

const tell = ({ name, timestamp, received_at, properties, context }: Row): string =>
  `${name} ${(timestamp - begin) / hour} ${(received_at - begin) / hour} ${properties} ${context}`

type Row = ReturnType<typeof row>
let seq = 0
function row(profileId: string, event: Omit<Event, 'triggers'>) {
  return {
    shard: 0,
    lane: event.lane,
    seq: ++seq,
    event_id: event.id,
    profile_id: profileId,
    type: event.type,
    name: event.name,
    timestamp: event.timestamp,
    received_at: event.receivedAt,
    source: event.source,
    properties: JSON.stringify(event.properties),
    context: JSON.stringify(event.context),
  }
}

let store: TestClickHouse
beforeAll(async () => {
  store = await makeTestClickHouse()
  const events =
    'shard UInt8, lane UInt8, seq UInt64, event_id String, profile_id UUID, type LowCardinality(String), name LowCardinality(String), timestamp Int64, received_at Int64, source LowCardinality(String), properties String, context String'
  await createTables(store.client, store.database, [
    { name: 'events', columns: events, engine: 'MergeTree', orderBy: '(shard, profile_id, timestamp)', shardingKey: 'shard' },
    { name: 'profile_overrides', columns: 'loser UUID, winner UUID', engine: 'MergeTree', orderBy: 'loser', shardingKey: 'loser' },
  ])
})
afterAll(() => store.drop())

let exported = 0
async function exportRows(people: readonly Person[]): Promise<void> {
  const rows = people.flatMap((person) => person.rows).filter((found) => found.seq > exported)
  exported = seq
  await insert('events', rows)
}

const insert = (table: string, values: readonly object[]) => store.client.insert({ table, values, format: 'JSONEachRow' })

async function askStore(now: number): Promise<Map<string, readonly boolean[]>> {
  const { sql, params } = conditionsToSql(conditions, { now })
  const result = await store.client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
  const rows = await result.json<{ profile: string } & Record<string, number>>()
  return new Map(rows.map((found) => [found.profile, conditions.map((_, i) => found[`holds_${i}`] === 1)]))
}

/** Cases in which the two differ, told so that one can be tried again. */
async function findDifferences(people: readonly Person[], now: number): Promise<{ compared: number; differences: readonly string[] }> {
  const answers = await askStore(now)
  const differences: string[] = []
  let compared = 0
  for (const { profile, rows } of people) {
    if (rows.length === 0) continue
    const answer = answers.get(profile.id)
    conditions.forEach((condition, i) => {
      compared++
      const inEngine = profile.segments.keys.includes(`s-${i}`)
      if (answer?.[i] !== inEngine)
        differences.push(
          `${profile.id} at +${(now - begin) / hour} h: engine ${inEngine}, store ${answer?.[i]}: ${JSON.stringify(condition)}\n${rows.map(tell).join('\n')}`,
        )
    })
  }
  return { compared, differences }
}

it('answers every condition in the engine as in ClickHouse, for random trees and histories, while time passes', async () => {
  const people = histories.map((_, i): Person => ({
    profile: emptyProfile(`00000000-0000-7000-8000-${String(i).padStart(12, '0')}`, begin),
    due: null,
    rows: [],
  }))
  const nows = [24, 97, 144].map((hours) => begin + hours * hour)
  let heard = begin
  let compared = 0
  for (const now of nows) {
    for (const [i, person] of people.entries()) {
      histories[i]!.forEach((said, number) => {
        if (said.receivedAt > heard && said.receivedAt <= now) hear(person, said, number)
      })
      passTime(person, now)
    }
    heard = now
    await exportRows(people)
    const found = await findDifferences(people, now)
    compared += found.compared
    expect(found.differences.slice(0, 3)).toEqual([])
  }
  expect(compared).toBeGreaterThan(4_000)

  // Afterwards people prove to be one: every third is merged into the one before.
  const now = nows.at(-1)! + 1
  const losers = people.filter((_, i) => i % 3 === 1)
  const winners = people.filter((_, i) => i % 3 !== 1)
  const overrides: object[] = []
  for (const loser of losers) {
    const winner = people[people.indexOf(loser) - 1]!
    move(winner, mergeProfiles(winner.profile, loser.profile, at(now)), now)
    overrides.push({ loser: loser.profile.id, winner: winner.profile.id })
  }
  await insert('profile_overrides', overrides)
  await exportRows(winners)
  const merged = await findDifferences(winners, now)
  expect(merged.differences.slice(0, 3)).toEqual([])
  const answers = await askStore(now)
  for (const { profile } of losers) expect(answers.has(profile.id)).toBe(false)
}, 120_000)
