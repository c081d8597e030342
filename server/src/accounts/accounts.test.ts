import { fastify, type FastifyInstance } from 'fastify'
import { routes, type ApiError, type RouteName } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { registerApi, type Handlers } from '../platform/http/index.ts'
import { createApiKey } from './api-keys.ts'
import { makeAccountHandlers, makeAuthenticator, makeSignInPath, makeSources, setUpWorkspace, type Sources } from './index.ts'

let database: TestDatabase
let sources: Sources
let app: FastifyInstance
let announced = 0
const sealer = {
  encrypt: (text: string) => Buffer.from(text, 'utf8').reverse(),
  decrypt: (sealed: Buffer) => Buffer.from(sealed).reverse().toString('utf8'),
}
const given = {
  adminEmail: 'Ada@Shop.example',
  adminPassword: 'correct horse',
  writeKey: 'wk_given',
  apiKey: 'tl_given_by_the_environment',
}
const origin = { host: 'console.example', origin: 'https://console.example' }

beforeAll(async () => {
  database = await makeTestDatabase()
  sources = makeSources({ pool: database.pool, sealer })
  await setUpWorkspace(database.pool, sources, given, 'http://127.0.0.1:1')
  const rest = Object.fromEntries(Object.keys(routes).map((name) => [name, async () => ({})]))
  app = fastify()
  await registerApi(
    app,
    {
      ...rest,
      ...makeAccountHandlers({ pool: database.pool, sources, onSettingsChanged: async () => void announced++ }),
    } as unknown as Handlers<RouteName>,
    {
      authenticator: makeAuthenticator(database.pool),
      checkAnswers: true,
      publicTriesPerMinute: 1_000,
    },
  )
})
afterAll(async () => {
  await app.close()
  await sources.close()
  await database.drop()
})

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers: { ...origin, ...headers } })
const asEnvironment = { authorization: `Bearer ${given.apiKey}` }
async function signIn(): Promise<Record<string, string>> {
  const answer = await post('/api/sign-in', { email: 'ada@shop.example', password: 'correct horse' })
  return { ...origin, cookie: `throughline_session=${answer.cookies[0]!.value}` }
}

test('the admin of the environment signs in with any case of the address, and the session says who', async () => {
  const headers = await signIn()
  expect((await app.inject({ url: '/api/me', headers })).json()).toMatchObject({
    email: 'ada@shop.example',
    role: 'admin',
    workspace: 'My shop',
  })
})

test('a wrong password and an unknown address are refused with the same words', async () => {
  const [wrong, unknown] = [
    await post('/api/sign-in', { email: 'ada@shop.example', password: 'wrong' }),
    await post('/api/sign-in', { email: 'eve@shop.example', password: 'wrong' }),
  ]
  expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401])
  expect(wrong.json<ApiError>().message).toBe(unknown.json<ApiError>().message)
})

test('guessing for one address is slowed down whatever network address it comes from', async () => {
  const tries = await Promise.all(
    Array.from({ length: 11 }, () => post('/api/sign-in', { email: 'target@shop.example', password: 'guess' })),
  )
  expect(tries.map((answer) => answer.statusCode).sort()).toEqual([...Array(10).fill(401), 429])
})

test('a sign-in link lets in once, even when two come at the same moment, and not after its time', async () => {
  const { adminId } = await setUpWorkspace(database.pool, sources, given, 'http://127.0.0.1:1')
  const token = (await makeSignInPath(database.pool, adminId)).split('#')[1]!
  const answers = await Promise.all([post('/api/sign-in/link', { token }), post('/api/sign-in/link', { token })])
  expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 401])
  const late = (await makeSignInPath(database.pool, adminId)).split('#')[1]!
  await database.pool.query(`update sign_in_links set expires_at = now() - interval '1 second' where used_at is null`)
  expect((await post('/api/sign-in/link', { token: late })).json<ApiError>().code).toBe('link_refused')
})

test('signing out ends the session on the server', async () => {
  const headers = await signIn()
  expect((await app.inject({ method: 'POST', url: '/api/sign-out', headers })).statusCode).toBe(200)
  expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(401)
})

test('a new password ends every other session and the old password', async () => {
  const [mine, other] = [await signIn(), await signIn()]
  expect(
    (await app.inject({ method: 'POST', url: '/api/me/password', headers: mine, payload: { password: 'battery staple' } })).statusCode,
  ).toBe(200)
  expect((await app.inject({ url: '/api/me', headers: mine })).statusCode).toBe(200)
  expect((await app.inject({ url: '/api/me', headers: other })).statusCode).toBe(401)
  expect((await post('/api/sign-in', { email: 'ada@shop.example', password: 'correct horse' })).statusCode).toBe(401)
  await setUpWorkspace(database.pool, sources, given, 'http://127.0.0.1:1')
  expect((await post('/api/sign-in', { email: 'ada@shop.example', password: 'correct horse' })).statusCode).toBe(200)
})

test('setting up twice changes nothing, and a key that the environment changed replaces the one before', async () => {
  await setUpWorkspace(database.pool, sources, given, 'http://127.0.0.1:1')
  const count = async () =>
    (
      await database.pool.query<{ n: number }>(
        'select (select count(*) from users) + (select count(*) from api_keys) + (select count(*) from sources) as n',
      )
    ).rows[0]!.n
  const before = await count()
  await setUpWorkspace(database.pool, sources, given, 'http://127.0.0.1:1')
  expect(await count()).toBe(before)
  await setUpWorkspace(database.pool, sources, { ...given, apiKey: 'tl_another', writeKey: 'wk_another' }, 'http://127.0.0.1:1')
  expect((await app.inject({ url: '/api/me', headers: asEnvironment })).statusCode).toBe(401)
  expect(await sources.sourceOfWriteKey('wk_given')).toBeNull()
  expect(await sources.sourceOfWriteKey('wk_another')).toBe('web')
  await setUpWorkspace(database.pool, sources, given, 'http://127.0.0.1:1')
})

test('a write key works until its source is removed, and is kept neither in plain text nor in a plain hash table', async () => {
  const made = (await post('/api/sources', { name: 'Föhn & Co. (DE)' }, asEnvironment)).json<{ id: string; writeKey: string }>()
  expect(made.id).toBe('fohn-co-de')
  expect(await sources.sourceOfWriteKey(made.writeKey)).toBe(made.id)
  const { rows } = await database.pool.query<{ row: string }>('select s::text as row from sources s')
  expect(rows.some(({ row }) => row.includes(Buffer.from(made.writeKey).toString('hex')))).toBe(false)
  expect((await post('/api/sources', { name: 'Föhn & Co. (DE)' }, asEnvironment)).json<{ id: string }>().id).toBe('fohn-co-de-2')
  expect((await app.inject({ method: 'DELETE', url: `/api/sources/${made.id}`, headers: asEnvironment })).statusCode).toBe(200)
  expect(await sources.sourceOfWriteKey(made.writeKey)).toBeNull()
  expect((await app.inject({ method: 'DELETE', url: `/api/sources/${made.id}`, headers: asEnvironment })).statusCode).toBe(404)
})

test('an API key is shown once, carries its role, and stops working when it is removed', async () => {
  const made = (await post('/api/api-keys', { name: 'reports', role: 'viewer' }, asEnvironment)).json<{
    id: string
    key: string
    prefix: string
  }>()
  const headers = { authorization: `Bearer ${made.key}` }
  expect(made.key.startsWith(made.prefix)).toBe(true)
  expect((await app.inject({ url: '/api/me', headers })).json()).toMatchObject({ email: 'reports', role: 'viewer' })
  expect((await post('/api/sources', { name: 'x' }, headers)).statusCode).toBe(403)
  const listed = (await app.inject({ url: '/api/api-keys', headers: asEnvironment })).body
  expect(listed).toContain(made.prefix)
  expect(listed).not.toContain(made.key)
  await app.inject({ method: 'DELETE', url: `/api/api-keys/${made.id}`, headers: asEnvironment })
  expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(401)
})

test('settings are checked by name, stored, and announced to the running parts', async () => {
  const settings = (await app.inject({ url: '/api/settings', headers: asEnvironment })).json<Record<string, unknown>>()
  const put = (payload: object) => app.inject({ method: 'PUT', url: '/api/settings', headers: asEnvironment, payload })
  expect((await put({ ...settings, zone: 'Europe/Nowhere' })).json<ApiError>()).toMatchObject({
    code: 'zone_unknown',
    field: 'zone',
    value: 'Europe/Nowhere',
  })
  expect((await put({ ...settings, currency: 'XXZ' })).json<ApiError>().code).toBe('currency_unknown')
  expect((await put({ ...settings, locale: 'not a tag' })).json<ApiError>().code).toBe('locale_unknown')
  expect(announced).toBe(0)
  expect((await put({ ...settings, name: 'Nordlicht', zone: 'Europe/Oslo' })).statusCode).toBe(200)
  expect(announced).toBe(1)
  expect((await app.inject({ url: '/api/settings', headers: asEnvironment })).json()).toMatchObject({
    name: 'Nordlicht',
    zone: 'Europe/Oslo',
  })
})

test('when a source last sent something is kept', async () => {
  sources.noteEvent('web')
  const [web] = await sources.list()
  expect(web?.lastEventAt).toBeGreaterThan(Date.now() - 60_000)
})

test('the same key cannot be given to two names at once', async () => {
  await expect(createApiKey(database.pool, { name: 'copy', role: 'viewer', madeBy: null }, given.apiKey)).rejects.toThrow(/unique/)
})

test('a source called Throughline gets another id, since events of ours bear that one', async () => {
  expect((await sources.create('Throughline')).id).toBe('throughline-2')
})
