import { afterAll, beforeAll, expect, test } from 'vitest'
import { cartRecovery } from './definitions.ts'
import { makeGate, type Gate } from './gate.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let gate: Gate
let app: TestApp
beforeAll(async () => {
  place = await makePlace()
  gate = await makeGate(place.clickhouse.url)
  app = await place.start({ environment: { CLICKHOUSE_URL: gate.url } })
  await app.call('applyDefinitions', { body: { definitions: cartRecovery('6 seconds') } })
})
afterAll(async () => {
  await place?.remove()
  await gate?.close()
})

const patient = { timeout: 60_000, interval: 200 }
const idOf = async (at: TestApp, search: string) => (await at.call('people', { query: { search } })).items[0]?.id ?? ''
const timelineOf = async (at: TestApp, search: string) => {
  const id = await idOf(at, search)
  return id === '' ? { items: [], next: null } : at.call('timeline', { params: { id } })
}
const count = (items: readonly { name: string }[], name: string) => items.filter((one) => one.name === name).length

test('a wait that ends while the program is stopped ends at the next start, and nothing is lost or done twice', async () => {
  await app.send('identify', { userId: 'waiter', traits: { email: 'waiter@example.org' } })
  await app.send('track', { userId: 'waiter', event: 'Cart Updated', messageId: 'waiter-cart' })
  // The first message; on a slow machine the second may be out before it is seen.
  await expect.poll(async () => count((await timelineOf(app, 'waiter')).items, 'Message Sent'), patient).toBeGreaterThan(0)
  await app.stop()
  app = await place.start({ environment: { CLICKHOUSE_URL: gate.url } })
  await app.send('track', { userId: 'waiter', event: 'Cart Updated', messageId: 'waiter-cart' })
  await expect.poll(async () => count((await timelineOf(app, 'waiter')).items, 'Message Sent'), patient).toBe(2)
  const { items } = await timelineOf(app, 'waiter')
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
  expect([count(items, 'Cart Updated'), count(items, 'Journey Entered')]).toEqual([1, 1])
  const messages = (await app.call('messages', { query: { person: await idOf(app, 'waiter') } })).items
  expect(messages.map(({ channel, status }) => `${channel} ${status}`).sort()).toEqual(['email sent', 'inbox sent'])
})

test('while ClickHouse is away journeys and messages go on, the timeline says what it lacks, and all is there once it is back', async () => {
  gate.shut()
  await app.send('identify', { userId: 'dark', traits: { name: 'Nora Dark' } })
  await app.send('track', { userId: 'dark', event: 'Cart Updated' })
  await expect.poll(async () => count((await timelineOf(app, 'dark')).items, 'Message Sent'), patient).toBeGreaterThan(0)
  expect(await timelineOf(app, 'dark')).toMatchObject({ note: expect.stringMatching(/ClickHouse/) as unknown })
  expect((await app.call('people', { query: { search: 'nora d' } })).items).toMatchObject([{ name: 'Nora Dark' }])
  await expect
    .poll(async () => (await app.call('status', {})).components.map(({ name, state }) => `${name} ${state}`), patient)
    .toEqual(expect.arrayContaining(['PostgreSQL ok', 'ClickHouse down', 'Export degraded', 'Pipeline ok']))
  expect((await app.call('overview', {})).people).toBeGreaterThanOrEqual(2)
  expect((await fetch(`${app.address}/readyz`)).status).toBe(200)
  gate.open()
  await expect.poll(async () => (await app.call('status', {})).exportBehind, patient).toBe(0)
  await expect.poll(() => timelineOf(app, 'dark'), patient).not.toHaveProperty('note')
  const back = await timelineOf(app, 'dark')
  expect(new Set(back.items.map(({ id }) => id)).size).toBe(back.items.length)
  expect([count(back.items, 'Cart Updated'), count(back.items, 'Identified')]).toEqual([1, 1])
  expect((await app.call('people', { query: { search: 'nora d' } })).items).toMatchObject([{ name: 'Nora Dark' }])
})

test('a second server and a second worker share the work, and take it over when the first one goes', async () => {
  const server = await place.start({ roles: { serve: true, work: false } })
  const worker = await place.start({ roles: { serve: false, work: true } })
  await expect.poll(async () => (await server.call('status', {})).workers.filter(({ shards }) => shards >= 20).length, patient).toBe(2)
  await app.stop()
  await server.send('batch', {
    batch: Array.from({ length: 40 }, (_, n) => ({ type: 'track', userId: `crowd-${n}`, event: 'Cart Updated', messageId: `crowd-${n}` })),
  })
  await expect.poll(async () => (await server.call('journey', { params: { id: 'cart-recovery' } })).entered, patient).toBe(42)
  await expect.poll(async () => (await server.call('status', {})).workers.reduce((sum, { shards }) => sum + shards, 0), patient).toBe(64)
  await worker.stop()
  await expect
    .poll(async () => (await server.call('status', {})).components.find(({ name }) => name === 'Pipeline')?.state, patient)
    .toBe('down')
  await server.stop()
})
