import { fastify, type FastifyInstance } from 'fastify'
import { routes, type AuditEntry, type RouteName, type RouteResponse } from '@throughline/contracts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { Failure, registerApi, type Caller, type Handlers } from '../platform/http/index.ts'
import { withTransaction } from '../platform/postgres/index.ts'
import { makeAuditHandlers, makeAuditLog } from './index.ts'

const admin: Caller = { kind: 'api-key', id: 'k1', name: 'deploy', role: 'admin' }
const settings = {
  name: 'Shop',
  zone: 'UTC',
  currency: 'EUR',
  locale: 'en',
  baseUrl: 'https://shop.example',
  trackingDefault: 'granted',
} as const
const consents = { email: 'granted', inbox: 'granted', webhook: 'granted' } as const
let database: TestDatabase
let app: FastifyInstance
let own: { -readonly [N in RouteName]?: Handlers<N>[N] }

beforeAll(async () => {
  database = await makeTestDatabase()
  app = fastify()
  const missing = async () => {
    throw new Failure('not-found', 'not_in_this_test', 'not here')
  }
  const handlers = Object.fromEntries(
    Object.keys(routes).map((name) => [
      name,
      (request: never) => ((own[name as RouteName] ?? missing) as (request: never) => unknown)(request),
    ]),
  )
  await registerApi(app, { ...handlers, ...makeAuditHandlers({ pool: database.pool }) } as unknown as Handlers<RouteName>, {
    authenticator: { callerOfSession: async () => null, callerOfApiKey: async () => admin },
    audit: makeAuditLog(database.pool),
    checkAnswers: true,
    publicTriesPerMinute: 1_000,
  })
})
beforeEach(async () => {
  own = {}
  await database.pool.query('truncate audit_log')
})
afterAll(async () => {
  await app.close()
  await database.drop()
})

const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
  app.inject({ method, url, headers: { authorization: 'Bearer x' }, ...(payload && { payload }) })
async function readLog(query = ''): Promise<readonly AuditEntry[]> {
  return (await call('GET', `/api/audit${query}`)).json<RouteResponse<'auditLog'>>().items
}

test('a call that changes something is recorded with who, what, on whom and what was asked for, without secrets', async () => {
  own.createApiKey = async () => ({ id: '1', name: 'ci', role: 'editor', prefix: 'tl_', createdAt: 0, key: 'tl_secret' })
  own.setPassword = async () => ({ ok: true })
  own.deleteSource = async () => ({ ok: true })
  await call('POST', '/api/api-keys', { name: 'ci', role: 'editor' })
  await call('POST', '/api/me/password', { password: 'correct horse battery' })
  await call('DELETE', '/api/sources/web')
  await call('GET', '/api/api-keys')
  expect(await readLog()).toMatchObject([
    {
      action: 'deleteSource',
      summary: routes.deleteSource.summary,
      subject: 'web',
      outcome: 'done',
      actor: { kind: 'api-key', id: 'k1', name: 'deploy' },
    },
    { action: 'setPassword', after: { password: '[hidden]' } },
    { action: 'createApiKey', after: { name: 'ci', role: 'editor' } },
  ])
  const { rows } = await database.pool.query<{ line: string }>('select l::text as line from audit_log l')
  expect(rows.map(({ line }) => line).join()).not.toMatch(/battery|tl_secret/)
})

test('a refused call is recorded with its code, one that broke as failed, one that never ended as begun', async () => {
  own.deleteApiKey = async () => {
    throw new Error('broken')
  }
  await call('DELETE', '/api/sources/web')
  await call('DELETE', '/api/api-keys/k')
  await makeAuditLog(database.pool).begin({ action: 'signOut', caller: admin, subject: null, body: {}, ip: '', requestId: '' })
  expect(await readLog()).toMatchObject([
    { outcome: 'begun' },
    { outcome: 'failed', code: null },
    { outcome: 'refused', code: 'not_in_this_test' },
  ])
})

test('a handler with a transaction finishes the record in it: rolled back, nothing says that it was done', async () => {
  let fail = false
  own.setSettings = async ({ body, audit }) => {
    audit.note({ before: { ...body, name: 'Before' }, after: body })
    await withTransaction(database.pool, async (client) => {
      await audit.commit(client)
      if (fail) throw new Failure('conflict', 'too_late', 'too late')
    })
    return body
  }
  await call('PUT', '/api/settings', { ...settings, consentDefaults: consents })
  fail = true
  await call('PUT', '/api/settings', { ...settings, consentDefaults: consents })
  expect(await readLog()).toMatchObject([
    { outcome: 'refused', code: 'too_late' },
    { outcome: 'done', before: { name: 'Before' }, after: { name: 'Shop' } },
  ])
  expect(Object.keys((await readLog('?outcome=done'))[0]!.after!)).toEqual(['name'])
})

test('signing in is recorded under who signed in, and a wrong password under nobody, with the address that was tried', async () => {
  const user = { id: 'u1', email: 'ada@shop.example', role: 'admin', workspace: 'Shop' } as const
  own.signIn = async ({ body, audit }) => {
    audit.note({ subject: body.email })
    if (body.password !== 'right') throw new Failure('not-signed-in', 'sign_in_refused', 'no')
    audit.note({ actor: { kind: 'user', id: user.id, name: user.email } })
    return user
  }
  for (const password of ['wrong', 'right']) await call('POST', '/api/sign-in', { email: user.email, password })
  expect(await readLog()).toMatchObject([
    { actor: { kind: 'user', id: 'u1', name: user.email }, outcome: 'done' },
    { actor: { kind: 'nobody', name: 'nobody' }, subject: user.email, outcome: 'refused' },
  ])
})

test('the log is read page by page and narrowed by who, what, whom and when', async () => {
  own.deleteSource = async () => ({ ok: true })
  for (const source of ['a', 'b', 'c']) await call('DELETE', `/api/sources/${source}`)
  await call('DELETE', '/api/api-keys/a')
  const first = (await call('GET', '/api/audit?limit=3')).json<RouteResponse<'auditLog'>>()
  const second = (await call('GET', `/api/audit?limit=3&cursor=${first.next}`)).json<RouteResponse<'auditLog'>>()
  expect([...first.items, ...second.items].map(({ subject }) => subject)).toEqual(['a', 'c', 'b', 'a'])
  expect(second.next).toBeNull()
  const subjects = async (query: string) => (await readLog(query)).map(({ subject, action }) => `${action} ${subject}`)
  expect(await subjects('?subject=a')).toEqual(['deleteApiKey a', 'deleteSource a'])
  expect(await subjects('?action=deleteApiKey')).toEqual(['deleteApiKey a'])
  expect(await subjects('?actor=EPLO')).toHaveLength(4)
  expect(await subjects('?actor=e%25y')).toHaveLength(0)
  expect(await subjects(`?from=${Date.now() + 60_000}`)).toHaveLength(0)
})
