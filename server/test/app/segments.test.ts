import { channelKinds, type Condition } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addSuppressions } from '../../src/consent/index.ts'
import { zoneAtNoon } from './noon.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
const day = 86_400_000
const now = Date.now()
const { zone, dayOf } = zoneAtNoon(now)

beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  const settings = await app.call('settings', {})
  await app.call('setSettings', { body: { ...settings, zone, pricePerThousand: { email: 250, inbox: null, webhook: null } } })
  // Thirty people, of whom every third bought: twelve days ago, and those with an even number today as well.
  const batch: object[] = []
  for (let i = 0; i < 30; i++) {
    const userId = `person-${i}`
    batch.push({ type: 'identify', userId, traits: { email: `person-${i}@shop.example`, country: i < 10 ? 'DE' : 'AT' } })
    if (i % 3 === 0) batch.push(order(userId, now - 12 * day, 20 + i))
    if (i % 6 === 0) batch.push(order(userId, now, 5))
  }
  await app.send('batch', { batch })
}, 180_000)
afterAll(() => place.remove())

const order = (userId: string, at: number, total: number): object => ({
  type: 'track',
  userId,
  event: 'Order Completed',
  timestamp: new Date(at).toISOString(),
  properties: { total, coupon: null, products: [{ category: 'tea' }] },
})
const bought: Condition = { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 1 } }
const preview = (body: Parameters<typeof app.call<'previewSegment'>>[1]['body']) => app.call('previewSegment', { body })

/** Until all that was sent has been taken and has reached ClickHouse. */
async function untilKnown(): Promise<void> {
  await expect
    .poll(async () => (await preview({ where: { kind: 'trait', trait: 'email', compare: { op: 'exists' } }, parts: [] })).size, {
      timeout: 60_000,
    })
    .toBe(30)
  await expect.poll(async () => (await preview({ where: bought, parts: [] })).people, { timeout: 60_000 }).toBe(30)
  await expect.poll(async () => (await preview({ where: bought, parts: [] })).size, { timeout: 60_000 }).toBe(10)
}

test('a condition is previewed with its size, people of it, where they can be reached and at what cost', { timeout: 180_000 }, async () => {
  await untilKnown()
  const [person] = (await app.call('people', { query: { search: 'person-0@shop.example' } })).items
  await app.call('setConsent', { params: { id: person!.id }, body: { channel: 'email', topic: '', state: 'withdrawn', source: 'test' } })
  const { size, exact, people, sample, reach, currency, sentence, upTo } = await preview({ where: bought })
  expect({ size, exact, people, currency, sentence }).toEqual({
    size: 10,
    exact: true,
    people: 30,
    currency: 'EUR',
    sentence: 'Did Order Completed',
  })
  expect(sample?.map(({ userId }) => userId).sort()).toEqual(Array.from({ length: 10 }, (_, i) => `person-${i * 3}`).sort())
  expect(reach?.map(({ channel }) => channel)).toEqual(channelKinds)
  expect(reach?.find(({ channel }) => channel === 'email')).toEqual({ channel: 'email', people: 9, exact: true, margin: 0, cost: 2 })
  const reached = { inbox: 10, webhook: 10, 'on-site': 10 } as const
  for (const { channel, people: n } of reach!.slice(1)) expect([channel, n]).toEqual([channel, reached[channel as 'inbox'] ?? 0])
  expect(upTo).toBeGreaterThan(now)
  // Whoever withdrew is told all the same what people must be told.
  const service = await preview({ where: bought, purpose: 'transactional', parts: ['reach'] })
  expect(service.reach?.find(({ channel }) => channel === 'email')).toEqual({
    channel: 'email',
    people: 10,
    exact: true,
    margin: 0,
    cost: 3,
  })
})

test('who did nothing is counted and drawn too', async () => {
  const { size, sample, reach } = await preview({ where: { kind: 'not', of: bought } })
  expect([size, sample?.length, reach?.[0]?.people]).toEqual([20, 20, 20])
  const { size: viewers } = await preview({ where: { kind: 'event', event: 'Product Viewed', times: { op: 'at-most', n: 0 } }, parts: [] })
  expect(viewers).toBe(30)
})

test('a preview says with whom of other segments it overlaps, and who would have entered on which day', async () => {
  const germans = {
    kind: 'segment',
    id: 'germans',
    name: 'Germans',
    where: { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'DE' } },
  }
  await app.call('applyDefinitions', { body: { definitions: [germans] } })
  const recent: Condition = { ...bought, within: '5 days' }
  const { overlap, entrants } = await preview({ where: recent, overlap: ['germans'], parts: ['overlap', 'entrants'] })
  expect(overlap).toEqual([{ id: 'germans', name: 'Germans', size: 10, both: 2, margin: 0 }])
  expect(entrants?.share).toBe(1)
  expect(entrants?.days).toHaveLength(28)
  // The orders of twelve days ago were received today: nobody knew of them then.
  expect(entrants?.days.filter(({ entered, left }) => entered + left > 0)).toEqual([{ day: dayOf(now), entered: 5, left: 0 }])
})

test('a quick preview of a small shop looks at everybody', async () => {
  const { exact, margin, size, entrants } = await preview({ where: bought, quick: true })
  expect({ exact, margin, size }).toEqual({ exact: true, margin: 0, size: 10 })
  expect(entrants).toMatchObject({ share: 1, margin: { entered: 0, left: 0 } })
})

test('a condition that could not be published is refused in a preview', async () => {
  await expect(preview({ where: { kind: 'event', event: 'Segment Entered', times: { op: 'at-least', n: 1 } } })).rejects.toThrow(
    'segment_condition_invalid',
  )
  await expect(preview({ where: bought, overlap: ['nobody'] })).rejects.toThrow('segment_unknown')
})

test('a segment shows who is in it, who came and went, and its size day by day', { timeout: 180_000 }, async () => {
  const bodies = [
    { kind: 'segment', id: 'buyers-today', name: 'Buyers today', where: { ...bought, within: '5 days' } },
    { kind: 'template', id: 'note', name: 'Note', channel: 'inbox', title: 'Hello', body: 'Hello' },
    {
      kind: 'journey',
      id: 'greet',
      name: 'Greet',
      entry: { on: { event: 'Segment Entered', where: [{ property: 'segment', compare: { op: 'is', value: 'buyers-today' } }] } },
      start: 'say',
      steps: { say: { kind: 'message', channel: 'inbox', template: 'note' } },
    },
  ]
  await app.call('applyDefinitions', { body: { definitions: bodies } })
  const params = { id: 'buyers-today' }
  const membersOf = async (query = {}) => app.call('segmentMembers', { params, query })
  await expect.poll(async () => (await membersOf()).items.length, { timeout: 60_000 }).toBe(5)
  // They enter while other shards are still being filled.
  await expect
    .poll(() => app.call('segment', { params }), { timeout: 60_000 })
    .toMatchObject({
      size: 5,
      filling: false,
      fill: null,
      usedIn: [{ kind: 'journey', id: 'greet', name: 'Greet' }],
      versions: [{ version: 1 }],
    })
  expect((await membersOf()).items.every(({ filled, since }) => filled && since > now)).toBe(true)
  // Two more come by themselves: one for the first time, one goes again with the person into whom they are merged.
  await app.send('track', { userId: 'person-1', event: 'Order Completed', properties: { total: 1 } })
  await app.send('track', { anonymousId: 'visitor-7b1d', event: 'Order Completed', properties: { total: 2 } })
  await expect.poll(async () => (await membersOf()).items.length, { timeout: 60_000 }).toBe(7)
  await app.send('identify', { anonymousId: 'visitor-7b1d', userId: 'person-1' })
  const history = async () => (await app.call('segmentHistory', { params, query: { days: '2' } as never })).days
  await expect
    .poll(async () => (await history())[1], { timeout: 60_000 })
    .toMatchObject({ size: 6, entered: 2, left: 0, filled: 5, dropped: 1 })
  expect((await history())[0]).toMatchObject({ size: 0 })
  expect((await membersOf()).items.map(({ person, filled }) => [person.userId, filled])).toContainEqual(['person-1', false])

  const first = await app.call('segmentChanges', { params, query: { limit: '2', change: 'entered' } as never })
  expect(first.items.map(({ change, filled, person }) => [change, filled, person.userId])).toEqual([
    ['entered', false, 'person-1'],
    ['entered', false, 'person-1'],
  ])
  const rest = await app.call('segmentChanges', { params, query: { cursor: first.next!, change: 'entered' } })
  expect(rest.items.map(({ filled }) => filled)).toEqual([true, true, true, true, true])
  expect((await app.call('segmentChanges', { params, query: { change: 'left' } })).items).toMatchObject([{ change: 'left', filled: true }])
  const pages = await membersOf({ limit: '4' })
  const rests = await membersOf({ cursor: pages.next! })
  expect(new Set([...pages.items, ...rests.items].map(({ person }) => person.id)).size).toBe(6)
  await expect(app.call('segmentMembers', { params: { id: 'nobody' } })).rejects.toThrow('segment_unknown')
})

test('conditions are suggested out of what the shop sent', async () => {
  const ask = async (query: object) => (await app.call('suggestions', { query: query as never })).items
  // History follows a moment after those who are in a segment.
  await expect
    .poll(async () => (await ask({ of: 'events', search: 'order' })).map(({ value, count }) => [value, count]))
    .toEqual([['Order Completed', 17]])
  expect(await ask({ of: 'properties', event: 'Order Completed' })).toEqual([
    { value: 'total', types: ['number'], count: 17 },
    { value: 'products', types: ['list'], count: 15 },
    { value: 'products[].category', types: ['text'], count: 15 },
  ])
  expect((await ask({ of: 'values', event: 'Order Completed', path: 'total' }))[0]).toEqual({ value: 5, types: ['number'], count: 5 })
  expect((await ask({ of: 'traits' })).map(({ value }) => value)).toEqual(['country', 'email'])
  expect(await ask({ of: 'trait-values', path: 'country', search: 'a' })).toEqual([{ value: 'AT', types: ['text'], count: 20 }])
  expect(await ask({ of: 'values', event: 'Order Completed', path: 'products[].category', search: 'TE' })).toEqual([
    { value: 'tea', types: ['text'], count: 15 },
  ])
  await app.send('track', { userId: 'person-2', event: 'Search', context: { os: { name: 'iOS' }, app: { name: 'Shop' } } })
  await expect
    .poll(() => ask({ of: 'context-values', field: 'os', search: 'io' }), { timeout: 60_000 })
    .toEqual([{ value: 'iOS', types: ['text'], count: 1 }])
  await expect(ask({ of: 'context-values' })).rejects.toThrow('suggestion_incomplete')
  await expect(ask({ of: 'values', path: 'total' })).rejects.toThrow('suggestion_incomplete')
})

test(
  'who can be reached is known at once, when an address is blocked or freed, new people come with one, and somebody agrees or not',
  {
    timeout: 180_000,
  },
  async () => {
    const where: Condition = { kind: 'reachable', channel: 'email' }
    await app.call('applyDefinitions', { body: { definitions: [{ kind: 'segment', id: 'reachable', name: 'Reachable', where }] } })
    const members = async () =>
      (await app.call('segmentMembers', { params: { id: 'reachable' }, query: { limit: '200' } })).items.map(({ person }) => person.userId)
    const isReached = (userId: string) => expect.poll(async () => (await members()).includes(userId), { timeout: 60_000 })
    const block = (address: string) =>
      addSuppressions(place.database.pool, [{ channel: 'email', address, reason: 'bounced', source: 'test', at: Date.now() }])
    // Person 0 withdrew in another test.
    await expect.poll(async () => (await members()).length, { timeout: 60_000 }).toBe(29)
    await block('Person-4@shop.example')
    await isReached('person-4').toBe(false)
    // Their own word lifts what they said, not what a mailbox did.
    const [fifth] = (await app.call('people', { query: { search: 'person-5@shop.example' } })).items
    const say = (state: 'granted' | 'withdrawn') =>
      app.call('setConsent', { params: { id: fifth!.id }, body: { channel: 'email', topic: '', state, source: 'test' } })
    await say('withdrawn')
    await isReached('person-5').toBe(false)
    await say('granted')
    await isReached('person-5').toBe(true)
    // An address that was blocked before anybody had it: whoever comes with it is never in.
    await block('late@shop.example')
    await app.send('identify', { userId: 'latecomer', traits: { email: 'late@shop.example' } })
    await app.send('identify', { userId: 'newcomer', traits: { email: 'new@shop.example' } })
    await isReached('newcomer').toBe(true)
    expect(await members()).not.toContain('latecomer')
    const changes = (await app.call('segmentChanges', { params: { id: 'reachable' }, query: { limit: '200' } })).items
    expect(changes.filter(({ person }) => person.userId === 'latecomer')).toEqual([])
    // Whoever has an address without being known by it hears of it when they say it again: that it is blocked, and that it is free.
    const email = 'jane@shop.example'
    for (const userId of ['abc123', 'abc456']) await app.send('identify', { userId, traits: { email } })
    await isReached('abc456').toBe(true)
    const found = (await app.call('people', { query: { search: email } })).items
    const owner = found.find(({ userId }) => userId === 'abc123')!.id
    const sayOwner = (state: 'granted' | 'withdrawn') =>
      app.call('setConsent', { params: { id: owner }, body: { channel: 'email', topic: '', state, source: 'test' } })
    await sayOwner('withdrawn')
    await isReached('abc123').toBe(false)
    await app.send('identify', { userId: 'abc456', traits: { email } })
    await isReached('abc456').toBe(false)
    await sayOwner('granted')
    await isReached('abc123').toBe(true)
    await app.send('identify', { userId: 'abc456', traits: { email } })
    await isReached('abc456').toBe(true)
    // The same judgement by the preview's SQL, and by what it asks of the channel.
    await expect.poll(async () => (await preview({ where, parts: ['reach'] })).size, { timeout: 60_000 }).toBe(31)
    const { size, reach } = await preview({ where, parts: ['reach'] })
    expect(reach?.[0]).toMatchObject({ channel: 'email', people: size, exact: true })
    await expect.poll(async () => (await place.database.pool.query('select from address_changes')).rowCount).toBe(0)
  },
)

test(
  'a segment that nothing uses is archived: everybody leaves it as dropped, nothing can ask about it, and publishing brings it back',
  {
    timeout: 180_000,
  },
  async () => {
    const params = { id: 'germans' }
    const germans = (await app.call('segment', { params })).definition
    const askers = { kind: 'segment', id: 'askers', name: 'Askers', where: { kind: 'segment', segment: 'germans' } }
    await app.call('applyDefinitions', { body: { definitions: [askers] } })
    await expect(app.call('archiveSegment', { params })).rejects.toThrow(
      'segment_in_use: The segment “Germans” is used in the segment “Askers”.',
    )
    await expect(app.call('archiveSegment', { params: { id: 'buyers-today' } })).rejects.toThrow('is used in the journey “Greet”')
    await expect(app.call('archiveSegment', { params: { id: 'nobody' } })).rejects.toThrow('segment_unknown')
    const archived = (definition: object) => ({ ...definition, archived: true })
    await expect(app.call('applyDefinitions', { body: { definitions: [archived(germans)] } })).rejects.toThrow(
      'used in the segment “Askers”',
    )
    const size = async () => (await app.call('segment', { params })).size
    await expect.poll(size, { timeout: 60_000 }).toBe(10)
    // What is out of use itself uses nothing.
    await app.call('archiveSegment', { params: { id: 'askers' } })
    expect(await app.call('archiveSegment', { params })).toEqual({ version: 2 })
    await expect.poll(size, { timeout: 60_000 }).toBe(0)
    expect((await app.call('segmentMembers', { params })).items).toEqual([])
    const changes = async () => (await app.call('segmentChanges', { params, query: { limit: '200', change: 'left' } as never })).items
    await expect.poll(async () => (await changes()).length, { timeout: 60_000 }).toBe(10)
    expect((await changes()).every(({ filled }) => filled)).toBe(true)
    const { items, archived: bin } = await app.call('segments', {})
    expect(items.map(({ id }) => id)).not.toContain('germans')
    expect(bin.map(({ id }) => id).sort()).toEqual(['askers', 'germans'])
    await expect(preview({ where: { kind: 'segment', segment: 'germans' } })).rejects.toThrow('which is archived')
    await expect(app.call('applyDefinitions', { body: { definitions: [askers] } })).rejects.toThrow('which is archived')
    await app.call('applyDefinitions', { body: { definitions: [germans, askers] } })
    await expect.poll(size, { timeout: 60_000 }).toBe(10)
    expect(await app.call('segment', { params })).toMatchObject({ archived: false, version: 3, usedIn: [{ id: 'askers' }] })
  },
)

test('a quick preview of a large shop looks at some of its people, the same ones each time, and says how far off it may be', async () => {
  await place.database.pool.query(
    `insert into profiles (shard, id, created_at, traits, state)
     select (get_byte(uuid_send(made.id), 15) & 63)::smallint, made.id, 0, one.traits, one.state
     from (select gen_random_uuid() as id from generate_series(1, 30000)) made, (select traits, state from profiles limit 1) one`,
  )
  await expect.poll(async () => (await preview({ where: bought, parts: [] })).people, { timeout: 60_000 }).toBeGreaterThan(30_000)
  const exact = await preview({ where: bought, parts: ['sample', 'reach', 'entrants', 'overlap'], overlap: ['germans'] })
  const quick = await preview({ where: bought, parts: ['sample', 'reach', 'entrants', 'overlap'], overlap: ['germans'], quick: true })
  expect([exact.exact, exact.margin, exact.overlap?.[0]?.margin]).toEqual([true, 0, 0])
  // Of as many as could be asked in two seconds.
  expect(exact.entrants?.share).toBeGreaterThan(1 / 64)
  expect(quick.exact).toBe(false)
  expect(Math.abs(quick.size - exact.size)).toBeLessThanOrEqual(quick.margin)
  expect(Math.abs(quick.overlap![0]!.both - exact.overlap![0]!.both)).toBeLessThanOrEqual(quick.overlap![0]!.margin)
  for (const [i, { people, margin }] of quick.reach!.entries())
    expect(Math.abs(people - exact.reach![i]!.people)).toBeLessThanOrEqual(margin)
  expect(quick.entrants?.share).toBe(1 / 64)
  expect(quick.entrants!.margin.entered).toBeGreaterThan(0)
  // Of many it is history that says whom a channel reaches.
  const everybody: Condition = { kind: 'not', of: { kind: 'event', event: 'Nothing', times: { op: 'at-least', n: 1 } } }
  const { size, reach } = await preview({ where: everybody, parts: ['reach'] })
  const known = (await preview({ where: { kind: 'reachable', channel: 'email' }, parts: [] })).size
  expect(size).toBeGreaterThan(30_000)
  expect(reach![0]!.channel).toBe('email')
  // Where a slow machine asks only some of them, the margin holds in nineteen cases of twenty, twice the margin in all but one of ten thousand.
  expect(Math.abs(reach![0]!.people - known)).toBeLessThanOrEqual(2 * reach![0]!.margin)
  const [one, other] = [
    await preview({ where: bought, parts: ['sample'], quick: true }),
    await preview({ where: bought, parts: ['sample'], quick: true }),
  ]
  expect(one.sample?.map(({ id }) => id)).toEqual(other.sample?.map(({ id }) => id))
})
