import { lanes, shardOf, type Condition, type Definition, type Event, type JsonObject, type RfmThresholds } from '@throughline/contracts'
import {
  advance,
  changesToSql,
  compileDefinitions,
  conditionsToSql,
  countsToSql,
  emptyProfile,
  mergeProfiles,
  rankAnew,
  type AdvanceContext,
  type CompiledDefinitions,
  type DecisionSettings,
  type Effect,
  type Instant,
  type ProfileState,
  type SqlOptions,
  type SqlQuery,
} from '@throughline/engine'
import { expect } from 'vitest'
import type { TestClickHouse } from '../../../test/clickhouse.ts'
import { createTables } from '../../platform/clickhouse/index.ts'
import { prepareByName } from '../by-name.ts'

export const hour = 3_600_000
/** So many conditions a query, so that it stays of a size that ClickHouse takes. */
const AT_ONCE = 18
/** The instant at which histories begin. */
export const begin = Date.UTC(2026, 0, 1)

/** Something that one person says or does. */
export interface Spoken {
  readonly type: 'track' | 'page' | 'screen' | 'identify' | 'outcome'
  readonly name: string
  readonly receivedAt: number
  readonly timestamp: number
  readonly properties: JsonObject
  readonly context: JsonObject
  /** Handed to the engine twice. */
  readonly again: boolean
}

export interface Comparison {
  readonly conditions: readonly Condition[]
  /** One list for each person, in order of receipt. */
  readonly histories: readonly (readonly Spoken[])[]
  /** Instants at which both answers are compared. */
  readonly nows: readonly number[]
  /** What the pipeline would find out about addresses that are told at an instant. */
  suppressionsAt?(now: number): ReadonlyMap<string, string>
  /** What else is published. */
  readonly definitions?: readonly Definition[]
  readonly zone?: string
  /** E-mail, inbox and webhook are open to whoever said nothing, unless said otherwise. */
  readonly consentDefaults?: DecisionSettings['consentDefaults']
  /** In force from the beginning; those behind come into force one after the other, each right after a comparison, and all is compared again. */
  readonly thresholds?: readonly RfmThresholds[]
}

export interface Compared {
  readonly compared: number
  /** Cases in which the two differ, told so that one can be tried again. */
  readonly differences: readonly string[]
}

const none: ReadonlySet<string> = new Set()

/** The id of the person who lives through a history, by its place in the list. */
export function idOfPerson(place: number): string {
  return `00000000-0000-7000-8000-${String(place).padStart(12, '0')}`
}

/** Makes the two tables that questions read. */
export async function createHistory({ client, database }: TestClickHouse): Promise<void> {
  const events =
    'shard UInt8, lane UInt8, seq UInt64, event_id String, profile_id UUID, type LowCardinality(String), name LowCardinality(String), timestamp Int64, received_at Int64, source LowCardinality(String), properties String, context String'
  await createTables(client, database, [
    { name: 'events', columns: events, engine: 'MergeTree', orderBy: '(shard, profile_id, timestamp)', shardingKey: 'shard' },
    {
      name: 'profile_overrides',
      columns: 'loser UUID, winner UUID, merged_at Int64',
      engine: 'MergeTree',
      orderBy: 'loser',
      shardingKey: 'loser',
    },
  ])
  await prepareByName(client, database)
}

/**
 * Compares the two answers of conditions: the engine's, moved event by event and timer by timer, and that of the SQL over the same
 * events, at each of the instants; and once more after every third person was merged into the one before. The tables are emptied.
 */
export async function compareAnswers(store: TestClickHouse, given: Comparison): Promise<Compared> {
  for (const table of ['events', 'events_by_name', 'profile_overrides']) await store.client.command({ query: `truncate table ${table}` })
  const { conditions, histories, nows } = given
  const published = [
    ...conditions.map((where, i) => ({ kind: 'segment' as const, id: `s-${i}`, name: `s-${i}`, where })),
    ...(given.definitions ?? []),
  ].map((definition) => ({ version: 1, epoch: 1, definition }))
  const compile = (epoch: number): CompiledDefinitions => {
    const rfm = given.thresholds?.[epoch - 1]
    return compileDefinitions(
      published,
      { zone: given.zone ?? 'UTC', consentDefaults: given.consentDefaults ?? { email: 'granted', inbox: 'granted', webhook: 'granted' } },
      rfm === undefined ? null : { epoch, rankedAt: null, rfm },
    )
  }
  let definitions = compile(1)
  const world = makeWorld(() => definitions, given.suppressionsAt)
  const people = histories.map((_, i) => world.meet(idOfPerson(i)))
  const differences: string[] = []
  let compared = 0
  let heard = begin
  const compare = async (asked: readonly Person[], now: number): Promise<ReadonlyMap<string, readonly boolean[]>> => {
    await insert(store, 'events', world.takeRows())
    const merges = people.length > asked.length
    const answers = await askStore(store, definitions, conditions, now, merges)
    if (now === nows.at(-1)) await compareCounts(store, definitions, conditions, { now, merges, answers })
    for (const { profile, rows } of asked) {
      if (rows.length === 0) continue
      conditions.forEach((condition, i) => {
        compared++
        const inEngine = profile.segments.keys.includes(`s-${i}`)
        if (answers.get(profile.id)?.[i] === inEngine) return
        const told = `${profile.id} at +${(now - begin) / hour} h: engine ${inEngine}, store ${answers.get(profile.id)?.[i]}`
        differences.push(`${told}: ${JSON.stringify(condition)}\n${rows.map(tell).join('\n')}`)
      })
    }
    return answers
  }
  for (const now of nows) {
    for (const [i, person] of people.entries()) {
      for (const [number, said] of histories[i]!.entries())
        if (said.receivedAt > heard && said.receivedAt <= now) world.hear(person, said, number)
      world.passTime(person, now)
    }
    heard = now
    await compare(people, now)
    const epoch = 2 + nows.indexOf(now)
    if (given.thresholds?.[epoch - 1] === undefined) continue
    definitions = compile(epoch)
    for (const person of people) world.rank(person, epoch, now)
    await compare(people, now)
  }
  // Afterwards people prove to be one.
  const now = nows.at(-1)! + 1
  const losers = people.filter((_, i) => i % 3 === 1)
  for (const loser of losers) world.merge(people[people.indexOf(loser) - 1]!, loser, now)
  const overrides = losers.map((loser) => ({
    loser: loser.profile.id,
    winner: people[people.indexOf(loser) - 1]!.profile.id,
    merged_at: now,
  }))
  await insert(store, 'profile_overrides', overrides)
  const answers = await compare(
    people.filter((person) => !losers.includes(person)),
    now,
  )
  const instants = [...nows, now].map((instant, i) => ({
    now: instant,
    context: compile(1 + Math.min(i, (given.thresholds?.length ?? 1) - 1)).context,
  }))
  const changed = await compareChanges(
    store,
    conditions.filter((_, i) => i % 5 === 0),
    instants,
  )
  // But for ranks, which may begin in between, one query answers for all instants.
  if (given.thresholds === undefined) expect(changed).toBe(Math.ceil(conditions.length / 5))
  for (const { profile } of losers) if (answers.has(profile.id)) differences.push(`${profile.id} is answered for after a merge`)
  return { compared, differences }
}

/** One person in the engine, and the rows that the export writes for them. */
interface Person {
  profile: ProfileState
  due: number | null
  readonly rows: Row[]
}

type Row = ReturnType<typeof rowOf>

function makeWorld(definitions: () => CompiledDefinitions, suppressionsAt: Comparison['suppressionsAt']) {
  let seq = 0
  let rows: Row[] = []
  const at = (now: number): AdvanceContext => ({
    definitions: definitions(),
    now,
    pending: none,
    ...(suppressionsAt !== undefined && { suppressions: suppressionsAt(now) }),
  })

  function note(person: Person, event: Omit<Event, 'triggers'>): void {
    const row = rowOf(person.profile.id, event, ++seq)
    person.rows.push(row)
    rows.push(row)
  }

  function move(
    person: Person,
    step: { profile: ProfileState; effects: readonly Effect[]; nextTimerAt: number | null },
    now: number,
  ): void {
    person.profile = step.profile
    person.due = step.nextTimerAt
    for (const effect of step.effects) {
      if (effect.kind !== 'fact') continue
      const { id, name, at: timestamp, properties } = effect
      note(person, {
        id,
        type: 'fact',
        name,
        timestamp,
        receivedAt: now,
        properties,
        context: {},
        source: 'throughline',
        lane: lanes.derived,
      })
    }
  }

  function passTime(person: Person, until: number): void {
    while (person.due !== null && person.due <= until) move(person, advance(person.profile, { kind: 'timer' }, at(person.due)), person.due)
  }

  return {
    passTime,
    meet: (id: string): Person => ({ profile: emptyProfile(id, begin), due: null, rows: [] }),
    hear(person: Person, said: Spoken, number: number): void {
      passTime(person, said.receivedAt - 1)
      const { again, ...rest } = said
      const event: Event = { ...rest, id: `web:${person.profile.id}-${number}`, source: 'web', lane: lanes.live, triggers: true }
      note(person, event)
      for (let i = 0; i < (again ? 2 : 1); i++)
        move(person, advance(person.profile, { kind: 'event', event }, at(said.receivedAt)), said.receivedAt)
    },
    merge(winner: Person, loser: Person, now: number): void {
      move(winner, mergeProfiles(winner.profile, loser.profile, at(now)), now)
    },
    rank(person: Person, epoch: number, now: number): void {
      move(person, rankAnew(person.profile, { at: now, epoch }, at(now)), now)
    },
    /** Rows that were not exported yet. */
    takeRows(): readonly Row[] {
      const taken = rows
      rows = []
      return taken
    },
  }
}

function tell({ name, timestamp, received_at, properties, context }: Row): string {
  return `${name} ${(timestamp - begin) / hour} ${(received_at - begin) / hour} ${properties} ${context}`
}

function rowOf(profileId: string, event: Omit<Event, 'triggers'>, seq: number) {
  return {
    shard: shardOf(profileId),
    lane: event.lane,
    seq,
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

async function insert({ client }: TestClickHouse, table: string, values: readonly object[]): Promise<void> {
  if (values.length > 0) await client.insert({ table, values, format: 'JSONEachRow' })
}

async function askStore(
  { client }: TestClickHouse,
  { context }: CompiledDefinitions,
  conditions: readonly Condition[],
  now: number,
  merges: boolean,
): Promise<ReadonlyMap<string, readonly boolean[]>> {
  const ask = async (tables: SqlOptions['tables']) => {
    const answers = new Map<string, boolean[]>()
    for (let from = 0; from < conditions.length; from += AT_ONCE) {
      const some = conditions.slice(from, from + AT_ONCE)
      const { sql, params } = conditionsToSql(some, { now, context, tables, merges })
      const result = await client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
      for (const row of await result.json<{ profile: string } & Record<string, number>>()) {
        const standing = answers.get(row.profile) ?? conditions.map(() => false)
        some.forEach((_, i) => void (standing[from + i] = row[`holds_${i}`] === 1))
        answers.set(row.profile, standing)
      }
    }
    return answers
  }
  const answers = await ask({})
  expect(await ask({ byName: 'events_by_name' })).toEqual(answers)
  return answers
}

/** Counted by the rows that they read alone, conditions hold for as many: whoever did nothing of it is one of the others. */
async function compareCounts(
  { client }: TestClickHouse,
  { context }: CompiledDefinitions,
  conditions: readonly Condition[],
  about: { readonly now: number; readonly merges: boolean; readonly answers: ReadonlyMap<string, readonly boolean[]> },
): Promise<void> {
  const { answers, now, merges } = about
  const tables = { byName: 'events_by_name' }
  const sizes: number[] = []
  for (let from = 0; from < conditions.length; from += AT_ONCE) {
    const some = conditions.slice(from, from + AT_ONCE)
    const { sql, params, others } = countsToSql(some, { now, context, tables, merges, sample: 0 })
    const result = await client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
    const [row] = await result.json<Record<string, number>>()
    for (const [i, holds] of others.entries()) sizes.push(Number(row![`size_${i}`]) + (holds ? answers.size - Number(row!.seen) : 0))
  }
  expect(sizes).toEqual(conditions.map((_, i) => [...answers.values()].filter((held) => held[i]).length))
  // Everybody is in one shard, also who came into it by a merge.
  const some = conditions.slice(0, AT_ONCE)
  const halves: number[][] = []
  for (const shards of [
    { from: 0, to: 9 },
    { from: 10, to: 63 },
    { from: 10, to: 63, oneOf: 2 },
  ]) {
    const { sql, params } = conditionsToSql(some, { now, context, tables, merges, shards })
    const result = await client.query({ query: sql, query_params: params, format: 'JSONEachRow' })
    const rows = await result.json<{ profile: string } & Record<string, number>>()
    expect(rows.filter(({ profile }) => shardOf(profile) < shards.from || shardOf(profile) > shards.to)).toEqual([])
    halves.push(some.map((_, i) => rows.filter((row) => row[`holds_${i}`] === 1).length))
  }
  expect(some.map((_, i) => halves[0]![i]! + halves[1]![i]!)).toEqual(sizes.slice(0, some.length))
  // One in two of them: never somebody else, and about half.
  for (const [i, n] of halves[2]!.entries()) expect(n).toBeLessThanOrEqual(halves[1]![i]!)
  const [all, drawn] = [halves[1]!, halves[2]!].map((counts) => counts.reduce((sum, n) => sum + n, 0)) as [number, number]
  if (all > 1_000) expect(Math.abs(drawn / all - 0.5)).toBeLessThan(0.25)
}

/** Asked at several instants at once, conditions change for as many as when they are asked at one after the other. */
async function compareChanges({ client }: TestClickHouse, conditions: readonly Condition[], instants: readonly Instant[]): Promise<number> {
  const ask = async <Row>({ sql, params }: SqlQuery): Promise<Row[]> =>
    (await client.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' })).json<Row>()
  const tables = { byName: 'events_by_name' }
  const stood: ReadonlySet<string>[][] = []
  const padded = (list: readonly number[]): readonly number[] => (list.length === 0 ? instants.slice(1).map(() => 0) : list)
  let asked = 0
  for (const { now, context } of instants) {
    const members = conditions.map(() => new Set<string>())
    for (let from = 0; from < conditions.length; from += AT_ONCE) {
      const some = conditions.slice(from, from + AT_ONCE)
      for (const row of await ask<{ profile: string } & Record<string, number>>(
        conditionsToSql(some, { now, context, tables, merges: true }),
      ))
        some.forEach((_, i) => row[`holds_${i}`] === 1 && members[from + i]!.add(row.profile))
    }
    stood.push(members)
  }
  const missing = (these: ReadonlySet<string>, those: ReadonlySet<string>): number => [...these].filter((one) => !those.has(one)).length
  for (const [i, condition] of conditions.entries()) {
    const changes = stood.slice(1).map((now, at) => ({ now: now[i]!, before: stood[at]![i]! }))
    const query = changesToSql(condition, instants, { tables, merges: true })
    if (query === null) continue
    asked++
    const [found] = await ask<{ entered: number[]; left: number[] }>(query)
    expect({ condition, entered: padded(found!.entered), left: padded(found!.left) }).toEqual({
      condition,
      entered: changes.map(({ now, before }) => missing(now, before)),
      left: changes.map(({ now, before }) => missing(before, now)),
    })
  }
  return asked
}
