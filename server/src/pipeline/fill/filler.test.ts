import { afterEach, beforeEach, expect, test } from 'vitest'
import { compileDefinitions, emptyProfile, foldProfile, valueOf, type ProfileState } from '@throughline/engine'
import { definitionSchema, jsonObjectSchema, segmentSchema, type Event } from '@throughline/contracts'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import {
  append,
  makeProfileId,
  makeTestWorker,
  publish,
  readFacts,
  readProfile,
  settings,
  until,
  untilTaken,
  type TestEvent,
} from '../test/harness.ts'
import type { Worker } from '../worker.ts'

let database: TestDatabase
let history: TestClickHouse
let worker: Worker

beforeEach(async () => {
  ;[database, history] = await Promise.all([makeTestDatabase(), makeTestClickHouse()])
  worker = makeTestWorker(database.pool, { clickhouse: { url: history.url } })
  await worker.start()
})

afterEach(async () => {
  await worker.stop()
  await Promise.all([database.drop(), history.drop()])
})

const segment = (id: string, event: string, n: number): object => ({
  kind: 'segment',
  id,
  name: id,
  where: { kind: 'event', event, times: { op: 'at-least', n } },
})
const quiet = {
  kind: 'segment',
  id: 'quiet',
  name: 'Quiet',
  where: { kind: 'not', of: { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 1 } } },
}
const measure = (id: string, of: object, compare: object): object => ({
  kind: 'segment',
  id,
  name: id,
  where: { kind: 'measure', measure: { event: 'Order *', ...of }, compare },
})
/** A question for every sort of memory. */
const measures = [
  measure('spenders', { of: 'sum', property: 'total' }, { op: 'at-least', value: 60 }),
  measure('often', { of: 'count', event: '*' }, { op: 'at-least', value: 6 }),
  measure('lately', { of: 'sum', property: 'total', within: '30 days' }, { op: 'at-least', value: 45.5 }),
  measure('hats', { of: 'most-frequent', property: 'category' }, { op: 'is', value: 'hats' }),
  measure('mostly-hats', { of: 'share', property: 'category', value: 'hats' }, { op: 'at-least', value: 50 }),
  measure('broad', { of: 'distinct', property: 'category' }, { op: 'at-least', value: 3 }),
  measure('first-hats', { of: 'first', property: 'category' }, { op: 'is', value: 'hats' }),
  { ...quiet, id: 'days', name: 'Days', where: { kind: 'event', event: 'Product Viewed', count: 'days', times: { op: 'exactly', n: 1 } } },
  { ...quiet, id: 'new', name: 'New', where: { kind: 'event-time', event: 'Product Viewed', which: 'first', within: '1 day' } },
]
const segments = [segment('buyers', 'Order Completed', 3), segment('viewers', 'Product Viewed', 4), quiet, ...measures]

async function untilFilled(): Promise<void> {
  // What is published is not known to be open before it has been taken.
  await untilTaken(database.pool)
  await until(
    'all leaves to be filled',
    async () => (await database.pool.query(`select 1 from leaf_fills where status <> 'done'`)).rowCount === 0,
    60_000,
  )
  await until('all people to be folded', async () => (await database.pool.query('select 1 from profile_refolds')).rowCount === 0, 60_000)
  await untilTaken(database.pool)
}

/** A stream of pseudo-random numbers, so that a failure can be repeated. */
function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** The memberships of somebody with these events, by a fold of all of them. */
function expectedSegments(events: readonly TestEvent[]): string[] {
  const compiled = compileDefinitions(
    segments.map((definition) => ({ definition: definitionSchema.parse(definition), version: 1, epoch: 1 })),
    settings,
  )
  const asEvents = events.map((event, i): Event => ({
    id: `web:${i}`,
    type: 'track',
    name: event.name,
    timestamp: event.at ?? i,
    receivedAt: event.at ?? i,
    properties: jsonObjectSchema.parse(event.properties ?? {}),
    context: {},
    source: 'web',
    lane: 0,
    triggers: true,
  }))
  const folded: ProfileState = foldProfile('00000000-0000-7000-8000-000000000000', 0, asEvents, { definitions: compiled })
  const now = Date.now()
  return segments
    .map((raw) => segmentSchema.parse(raw))
    .filter((one) => valueOf(one.where, { ...emptyProfile(folded.id, 0), memories: folded.memories }, { now, pending: new Set() }) === true)
    .map((one) => one.id)
    .sort()
}

test(
  'conditions published in the middle of histories, with merges in between, end as if they had been there all along',
  { timeout: 120_000 },
  async () => {
    const random = makeRandom(20_261_122)
    const people = Array.from({ length: 60 }, () => makeProfileId())
    const histories = new Map<string, TestEvent[]>(people.map((id) => [id, []]))
    const begun = Date.now()
    let told = 0
    const batch = (count: number): TestEvent[] =>
      Array.from({ length: count }, () => {
        const profileId = people[Math.floor(random() * people.length)]!
        const properties = {
          total: Math.round(random() * 4_000) / 100,
          category: ['hats', 'hats', 'shoes', 'bags'][Math.floor(random() * 4)]!,
        }
        const event: TestEvent = {
          profileId,
          name: random() < 0.4 ? 'Order Completed' : 'Product Viewed',
          lane: random() < 0.3 ? 1 : 0,
          // No two at the same instant: which of them is the first would be told by the order in which they are read.
          at: begun - Math.floor(random() * 1_000) * 1_000 - told++,
          properties,
        }
        histories.get(profileId)!.push(event)
        return event
      })
    // Something before, so that the first publication finds a history.
    await append(database.pool, batch(80))
    await publish(database.pool, segments[0]!)
    await append(database.pool, batch(80))
    const [loser, winner, second, third] = people as [string, string, string, string]
    await merge(loser, winner)
    await append(database.pool, batch(60))
    await publish(database.pool, ...segments.slice(1))
    await merge(second, third)
    await append(database.pool, batch(60))
    // Stopped while it goes on, it goes on where it was.
    for (let stops = 0; stops < 2; stops++) {
      const done = stops * 20
      await until('some shards to be filled', async () => {
        const { rows } = await database.pool.query<{ n: number }>(
          `select count(distinct shard)::int as n from leaf_fills where epoch = (select max(epoch) from leaf_fills) and status = 'done'`,
        )
        return rows[0]!.n > done
      })
      await worker.stop()
      worker = makeTestWorker(database.pool, { clickhouse: { url: history.url } })
      await worker.start()
    }
    await untilFilled()
    const moved = new Map([
      [loser, winner],
      [second, third],
    ])
    for (const id of people) {
      const profile = await readProfile(database.pool, id)
      if (moved.has(id)) {
        expect(profile?.mergedInto).toBe(moved.get(id))
        continue
      }
      const all = [...histories.get(id)!, ...[...moved].filter(([, to]) => to === id).flatMap(([from]) => histories.get(from)!)]
      if (all.length > 0) expect([id, Object.keys(profile?.segments ?? {}).sort()]).toEqual([id, expectedSegments(all)])
      // Nobody enters twice, and whoever is in a segment has entered it.
      const facts = await readFacts(database.pool, id)
      for (const segment of segments.map((one) => (one as { id: string }).id)) {
        const about = facts.filter(({ name, properties }) => name.startsWith('Segment') && properties.segment === segment)
        expect(about.map(({ name }) => name)).toEqual(about.map((_, i) => (i % 2 === 0 ? 'Segment Entered' : 'Segment Left')))
        expect(about.length % 2 === 1).toBe(profile?.segments[segment] !== undefined)
      }
    }
    const counted = await database.pool.query<{ segment_id: string; n: number }>(
      'select segment_id, sum(n)::int as n from segment_counts group by 1',
    )
    const inside = await Promise.all(people.filter((id) => !moved.has(id)).map((id) => readProfile(database.pool, id)))
    for (const { segment_id, n } of counted.rows)
      expect(n).toBe(inside.filter((profile) => profile?.segments[segment_id] !== undefined).length)
  },
)

test(
  'a fill leaves alone whom it does not concern, and finds whom it does also in what came in meanwhile',
  { timeout: 120_000 },
  async () => {
    const [stranger, buyer, later] = [makeProfileId(7), makeProfileId(7), makeProfileId(7)]
    const order = (profileId: string): TestEvent => ({ profileId, name: 'Order Completed' })
    await append(database.pool, [{ profileId: stranger, name: 'Other' }, order(buyer), { profileId: later, name: 'Other' }])
    await untilTaken(database.pool)
    const versionOf = async (id: string): Promise<string> =>
      (await database.pool.query<{ v: string }>('select xmin::text as v from profiles where id = $1', [id])).rows[0]!.v
    const before = await versionOf(stranger)
    await publish(database.pool, segment('bought', 'Order Completed', 1))
    await append(database.pool, [order(later)])
    await untilFilled()
    expect(Object.keys((await readProfile(database.pool, buyer))?.segments ?? {})).toEqual(['bought'])
    expect(Object.keys((await readProfile(database.pool, later))?.segments ?? {})).toEqual(['bought'])
    expect(await versionOf(stranger)).toBe(before)
    // Whoever is in it by an earlier version is looked at, though they did nothing of what the next one asks for.
    await publish(database.pool, segment('bought', 'Order Refunded', 1))
    await untilFilled()
    for (const id of [buyer, later]) expect((await readProfile(database.pool, id))?.segments).toEqual({})
  },
)

test(
  'nothing of somebody is lost who was merged and has more events than are told apart while history is read',
  { timeout: 120_000 },
  async () => {
    const [a, b] = [makeProfileId(), makeProfileId()]
    const orders = (profileId: string, n: number): TestEvent[] =>
      Array.from({ length: n }, (_, i) => ({
        profileId,
        name: 'Order Completed',
        lane: 1,
        at: 1_700_000_000_000 + i,
        properties: { total: 1 },
      }))
    await append(database.pool, [...orders(a, 2_050), ...orders(b, 2_060)])
    await merge(b, a)
    await untilTaken(database.pool)
    const all = (value: number) => measure(`of-${value}`, { of: 'sum', property: 'total' }, { op: 'at-least', value })
    await publish(database.pool, all(4_110), all(4_111))
    await untilFilled()
    await until('the person to be folded', async () => (await readProfile(database.pool, a))?.pending === undefined, 60_000)
    expect(Object.keys((await readProfile(database.pool, a))?.segments ?? {})).toEqual(['of-4110'])
  },
)

test('an undone merge leaves each with their own history, and opt-outs on both sides', { timeout: 120_000 }, async () => {
  await append(database.pool, [{ profileId: makeProfileId(), name: 'Anything' }])
  await publish(database.pool, segments[0]!)
  const [a, b] = [makeProfileId(), makeProfileId()]
  const orders = (profileId: string, n: number): TestEvent[] => Array.from({ length: n }, () => ({ profileId, name: 'Order Completed' }))
  await append(database.pool, [
    ...orders(a, 1),
    ...orders(b, 2),
    { profileId: b, type: 'identify', name: 'Identified', properties: { city: 'Graz' } },
  ])
  const id = await merge(b, a)
  await untilFilled()
  expect((await readProfile(database.pool, a))?.segments.buyers).toBeDefined()
  expect((await readProfile(database.pool, a))?.traits.city?.[0]).toBe('Graz')
  await database.pool.query('update merges set undone_at = 1 where id = $1', [id])
  const properties = { merge: id, loser: b, winner: a }
  await append(
    database.pool,
    [a, b].map((profileId) => ({ profileId, type: 'control', name: 'unmerge', properties })),
  )
  await untilTaken(database.pool)
  await append(database.pool, orders(b, 1))
  await untilFilled()
  const [one, two] = [await readProfile(database.pool, a), await readProfile(database.pool, b)]
  expect([one?.mergedInto, two?.mergedInto]).toEqual([null, null])
  expect(one?.segments.buyers).toBeUndefined()
  expect(two?.segments.buyers).toBeDefined()
  expect(one?.traits.city).toBeUndefined()
  expect(two?.traits.city?.[0]).toBe('Graz')
  expect((await readFacts(database.pool, a)).map((fact) => fact.name)).toContain('Profiles Unmerged')
})

async function merge(loser: string, winner: string): Promise<string> {
  const id = crypto.randomUUID()
  await database.pool.query(`insert into merges (id, winner, loser, at, reason, moved) values ($1, $2, $3, 0, 'test', '[]')`, [
    id,
    winner,
    loser,
  ])
  await append(database.pool, [{ profileId: loser, type: 'control', name: 'merge-out', properties: { merge: id, winner } }])
  return id
}
