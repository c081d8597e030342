import { afterAll, beforeAll, expect, test } from 'vitest'
import { cartRecovery } from './definitions.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  await app.call('applyDefinitions', { body: { definitions: cartRecovery('1 hour') } })
})
afterAll(() => place?.remove())

const patient = { timeout: 60_000, interval: 100 }
const idOf = async (search: string) => (await app.call('people', { query: { search } })).items[0]?.id ?? ''
const person = (id: string) => app.call('person', { params: { id } })
const history = (id: string) => app.call('personHistory', { params: { id } })
const namesOf = async (
  id: string,
  query: { kind?: 'flow' | 'message' | 'visit' | 'identity'; name?: string; channel?: 'inbox' | 'email' },
) => (await app.call('timeline', { params: { id }, query })).items.map(({ name }) => name)

test('what a person did adds up to orders by currency, devices, past journeys, and who said each trait', async () => {
  const context = {
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1',
  }
  await app.send('identify', { userId: 'sum-1', traits: { email: 'sum@example.org', city: 'Oslo' }, context })
  await app.send('track', { userId: 'sum-1', event: 'Cart Updated', context })
  const order = (order_id: string, properties: object) =>
    app.send('track', { userId: 'sum-1', event: 'Order Completed', properties: { order_id, ...properties } })
  await order('o1', { total: 10.5, currency: 'eur', products: [{ quantity: 2 }, {}] })
  await order('o1', { total: 10.5, currency: 'EUR', products: [{ quantity: 2 }, {}] })
  await order('o2', { total: '30.00', total_minor: 3000, currency: 'EUR' })
  await order('o3', { revenue: 5000, currency: 'JPY' })
  await app.send('track', { userId: 'sum-1', event: 'Order Refunded', properties: { order_id: 'o2' } })
  const id = await idOf('sum@example.org')
  await expect
    .poll(async () => (await history(id)).pastJourneys, patient)
    .toMatchObject([{ journey: 'cart-recovery', journeyName: 'Cart recovery', reason: 'goal' }])
  await expect.poll(async () => (await history(id)).latestOrders.length, patient).toBe(3)
  const { orders, latestOrders, devices, traits, pastJourneys } = await history(id)
  expect(orders.toSorted((a, b) => b.orders - a.orders)).toMatchObject([
    { currency: 'EUR', orders: 2, total: 1050, average: 2025, refunded: 3000 },
    { currency: 'JPY', orders: 1, total: 5000, average: 5000, refunded: 0 },
  ])
  expect(latestOrders.find((one) => one.id === 'o1')).toMatchObject({ total: 1050, items: 3 })
  expect(devices).toMatchObject([{ platform: 'iPhone', client: 'Safari 17', events: 2 }])
  expect(traits).toEqual(
    expect.arrayContaining([expect.objectContaining({ name: 'city', event: 'Identified', source: expect.stringMatching(/./) as string })]),
  )
  expect(pastJourneys[0]!.enteredAt).toBeLessThanOrEqual(pastJourneys[0]!.leftAt)
})

test('a timeline is narrowed on the server by kind, name and channel, and says journeys by their names', async () => {
  await app.send('page', { anonymousId: 'narrow-device', properties: { title: 'Lamps' } })
  await app.send('identify', { userId: 'narrow-1', anonymousId: 'narrow-device', traits: { email: 'narrow@example.org' } })
  await app.send('track', { userId: 'narrow-1', event: 'Cart Updated' })
  const id = await idOf('narrow@example.org')
  await expect.poll(() => namesOf(id, { kind: 'message', channel: 'inbox' }), patient).toEqual(['Message Sent', 'Message Planned'])
  expect(await namesOf(id, { channel: 'email' })).toEqual([])
  expect(await namesOf(id, { kind: 'visit' })).toEqual(['Page Viewed'])
  expect(await namesOf(id, { name: 'Cart Updated' })).toEqual(['Cart Updated'])
  expect(await namesOf(id, { kind: 'identity' })).toContain('Identified')
  const { items } = await app.call('timeline', { params: { id }, query: { kind: 'flow' } })
  expect(items.find(({ name }) => name === 'Journey Entered')?.properties).toMatchObject({
    journey: 'cart-recovery',
    journey_name: 'Cart recovery',
  })
  await expect.poll(async () => (await app.call('status', {})).exportBehind, patient).toBe(0)
  expect([await namesOf(id, { kind: 'visit' }), await namesOf(id, { channel: 'inbox' })]).toEqual([
    ['Page Viewed'],
    ['Message Sent', 'Message Planned'],
  ])
})

test("traits changed by hand pass through the pipeline, make an address known, and take nobody else's", async () => {
  await app.send('identify', { userId: 'edit-1', traits: { city: 'Bergen' } })
  await app.send('identify', { userId: 'edit-2', traits: { email: 'taken@example.org' } })
  const id = await idOf('edit-1')
  const { at } = await app.call('setTraits', { params: { id }, body: { traits: { city: 'Oslo', email: 'New.Address@Example.org' } } })
  await expect.poll(async () => (await person(id)).traits.find(({ name }) => name === 'city'), patient).toMatchObject({ value: 'Oslo', at })
  expect((await person(id)).identifiers).toEqual(
    expect.arrayContaining([expect.objectContaining({ kind: 'email', value: 'new.address@example.org' })]),
  )
  expect((await history(id)).traits.find(({ name }) => name === 'city')).toMatchObject({ source: 'throughline' })
  await expect(app.call('setTraits', { params: { id }, body: { traits: { email: 'taken@example.org' } } })).rejects.toThrow(
    'identifier_taken',
  )
  const { items } = await app.call('auditLog', { query: { subject: id } })
  expect(items).toMatchObject([
    { outcome: 'refused', code: 'identifier_taken' },
    { before: { city: 'Bergen' }, after: { city: 'Oslo' } },
  ])
})

test('two people are merged by hand and taken apart again; two different user ids never are', async () => {
  await app.send('identify', { userId: 'hand-1', traits: { email: 'hand@example.org' } })
  await app.send('track', { anonymousId: 'hand-device', event: 'Cart Updated' })
  await app.send('identify', { userId: 'hand-2', traits: { email: 'other-hand@example.org' } })
  const [known, device, other] = [await idOf('hand@example.org'), await idOf('hand-device'), await idOf('other-hand@example.org')]
  expect(await app.call('previewMerge', { params: { id: known }, query: { with: device } })).toMatchObject({
    winner: { person: { id: known } },
    loser: { identifiers: [{ kind: 'anonymous_id', value: 'hand-device' }] },
    refusal: null,
  })
  expect((await app.call('previewMerge', { params: { id: known }, query: { with: other } })).refusal).toContain('hand-1 and hand-2')
  await expect(app.call('mergePeople', { params: { id: known }, body: { with: other } })).rejects.toThrow('merge_refused')
  await expect(app.call('mergePeople', { params: { id: known }, body: { with: known } })).rejects.toThrow('merge_refused')
  const { id, merge } = await app.call('mergePeople', { params: { id: device }, body: { with: known } })
  expect(id).toBe(known)
  await expect.poll(async () => (await person(device)).runs.map(({ journey }) => journey), patient).toEqual(['cart-recovery'])
  await expect.poll(() => namesOf(known, {}), patient).toEqual(expect.arrayContaining(['Cart Updated', 'Profiles Merged']))
  await app.call('unmerge', { params: { id: known }, body: { merge } })
  await expect.poll(async () => (await person(device)).id, patient).toBe(device)
})

test('an opt-out that came by a merge stays when it is undone, and previews know it', { timeout: 120_000 }, async () => {
  await app.send('identify', { userId: 'kept-1', traits: { email: 'kept@example.org', first_name: 'Keptout' } })
  await app.send('identify', { anonymousId: 'kept-device-1', traits: { email: 'kept-other@example.org', first_name: 'Keptout' } })
  const [stays, goes] = [await idOf('kept@example.org'), await idOf('kept-other@example.org')]
  const say = (id: string, state: 'granted' | 'withdrawn', topic = '') =>
    app.call('setConsent', { params: { id }, body: { channel: 'email', topic, state, source: 'letter' } })
  for (const topic of ['', 'news']) await say(goes, 'withdrawn', topic)
  for (const topic of ['', 'news']) await say(stays, 'granted', topic)
  const found = async (topic?: string) => {
    const { sample } = await app.call('previewSegment', {
      body: {
        where: {
          kind: 'all',
          of: [
            { kind: 'trait', trait: 'first_name', compare: { op: 'is', value: 'Keptout' } },
            { kind: 'consent', channel: 'email', ...(topic && { topic }), is: 'withdrawn' },
          ],
        },
      },
    })
    return sample!.map(({ id }) => id).sort()
  }
  await expect.poll(() => found(), patient).toEqual([goes])
  const { id, merge } = await app.call('mergePeople', { params: { id: stays }, body: { with: goes } })
  expect(id).toBe(stays)
  await expect.poll(() => found(), patient).toEqual([stays])
  await app.call('unmerge', { params: { id: stays }, body: { merge } })
  await expect.poll(() => found(), patient).toEqual([stays, goes].sort())
  await expect.poll(() => found('news'), patient).toEqual([stays, goes].sort())
  for (const one of [stays, goes])
    expect((await person(one)).consents.map(({ topic, state }) => [topic, state]).sort()).toEqual([
      ['', 'withdrawn'],
      ['news', 'withdrawn'],
    ])
  await say(stays, 'granted')
  await expect.poll(() => found(), patient).toEqual([goes])
})

test("a test message goes out with the person's own data, marked as one, and is held by an opt-out like any other", async () => {
  await app.send('identify', { userId: 'test-1', traits: { email: 'tested@example.org', first_name: 'Tess' } })
  await app.send('track', { userId: 'test-1', event: 'Lamp Lit', properties: { product: 'Moon lamp' } })
  const id = await idOf('tested@example.org')
  await expect.poll(async () => (await person(id)).name, patient).toBe('Tess')
  const { message } = await app.call('sendTest', { params: { id }, body: { template: 'cart-email' } })
  const read = (one: string) => app.call('message', { params: { id: one } })
  await expect.poll(async () => (await read(message)).status, patient).toBe('sent')
  const sent = await read(message)
  expect(sent).toMatchObject({
    to: 'tested@example.org',
    subject: 'You left Moon lamp behind',
    journey: null,
    reason: expect.stringContaining('Test, sent by') as string,
  })
  expect(JSON.stringify(sent.content)).toContain('Hello Tess')
  await expect.poll(async () => (await read(message)).events.map(({ properties }) => properties['test']), patient).toEqual([true])
  await app.call('setConsent', { params: { id }, body: { channel: 'email', state: 'withdrawn', source: 'desk' } })
  const again = await app.call('sendTest', { params: { id }, body: { template: 'cart-email' } })
  await expect.poll(async () => (await read(again.message)).status, patient).toBe('held')
  await expect(app.call('sendTest', { params: { id }, body: { template: 'nothing' } })).rejects.toThrow('template_missing')
})
