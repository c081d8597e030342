import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keys, makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
})
afterAll(() => place?.remove())

const ask = (path: string, init: RequestInit = {}) => fetch(app.address + path, init)
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: app.address, ...headers },
    body: JSON.stringify(body),
  })

test('what is printed at the start signs in once and names the write key that works', async () => {
  const token = /sign-in\/link#(\S+)/.exec(app.printed)![1]!
  expect(app.printed).toContain(keys.writeKey)
  const first = await post('/api/sign-in/link', { token })
  expect(await first.json()).toMatchObject({ email: keys.email, role: 'admin' })
  const cookie = first.headers.get('set-cookie')!
  expect(cookie).toMatch(/HttpOnly/i)
  expect(cookie).toMatch(/SameSite=Lax/i)
  expect((await post('/api/sign-in/link', { token })).status).toBe(401)
  const session = { cookie: cookie.split(';')[0]! }
  expect((await ask('/api/me', { headers: session })).status).toBe(200)
  expect((await post('/api/sources', { name: 'Shop' }, { ...session, origin: 'https://evil.example' })).status).toBe(403)
  expect((await post('/api/sources', { name: 'Shop' }, session)).status).toBe(200)
})

test('a key of a viewer reads and changes nothing', async () => {
  const { key } = await app.call('createApiKey', { body: { name: 'reader', role: 'viewer' } })
  const headers = { authorization: `Bearer ${key}` }
  expect((await ask('/api/people', { headers })).status).toBe(200)
  expect((await post('/api/definitions', { definitions: [{}] }, headers)).status).toBe(403)
  expect((await ask('/api/log', { headers })).status).toBe(403)
})

test('a new source is accepted at once and its key stops when it is removed', async () => {
  const source = await app.call('createSource', { body: { name: 'Point of sale' } })
  const track = () => post('/v1/track', { writeKey: source.writeKey, userId: 'pos-1', event: 'Seen in store' })
  expect((await track()).status).toBe(200)
  await expect
    .poll(async () => (await app.call('sources', {})).items.find(({ id }) => id === source.id)?.lastEventAt ?? 0, { timeout: 60_000 })
    .toBeGreaterThan(0)
  await app.call('deleteSource', { params: { id: source.id } })
  expect((await track()).status).toBeGreaterThanOrEqual(400)
})

test('settings that are changed hold for the running server', async () => {
  const settings = await app.call('settings', {})
  expect(settings.baseUrl).toBe(app.address)
  await app.call('setSettings', { body: { ...settings, name: 'Nordlicht', trackingDefault: 'withdrawn' } })
  expect(await app.call('settings', {})).toMatchObject({ name: 'Nordlicht', trackingDefault: 'withdrawn' })
})

test('the API describes itself, and what is not there is a JSON 404', async () => {
  const document = (await (await ask('/api/openapi.json')).json()) as { openapi: string; paths: object }
  expect([document.openapi, Object.keys(document.paths).includes('/api/people/{id}')]).toEqual(['3.1.0', true])
  expect(await (await ask('/api/nothing')).json()).toMatchObject({ code: 'route_unknown' })
  expect(await (await ask('/nothing.js')).json()).toMatchObject({ code: 'route_unknown' })
  expect((await ask('/healthz')).status).toBe(200)
  expect(await (await ask('/metrics')).text()).toContain('throughline_')
})

test('the log can be read by an admin and holds no secret', async () => {
  const { items } = await app.call('log', {})
  expect(JSON.stringify(items)).not.toContain(keys.apiKey)
  expect(JSON.stringify(items)).not.toContain(keys.password)
  expect(readFileSync(join(place.dataDir, 'secret.key'), 'utf8').length).toBeGreaterThan(32)
})
