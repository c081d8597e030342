import { fastify, type FastifyInstance } from 'fastify'
import { routes, type ApiError, type RouteName } from '@throughline/contracts'
import { afterEach, expect, test } from 'vitest'
import { Failure, registerApi, type ApiOptions, type Caller, type Handlers } from './index.ts'

const viewer: Caller = { kind: 'user', id: 'u1', name: 'vera@shop.example', role: 'viewer' }
const admin: Caller = { kind: 'api-key', id: 'k1', name: 'deploy', role: 'admin' }
const authenticator: ApiOptions['authenticator'] = {
  callerOfSession: async (token) => (token === 'good' ? viewer : null),
  callerOfApiKey: async (key) => (key === 'tl_good' ? admin : null),
}
const user = { id: 'u1', email: 'vera@shop.example', role: 'viewer', workspace: 'Shop' } as const

let app: FastifyInstance | undefined
afterEach(() => app?.close())

async function start(own: Partial<Handlers<RouteName>>, options: Partial<ApiOptions> = {}): Promise<FastifyInstance> {
  const missing = async () => {
    throw new Failure('not-found', 'not_in_this_test', 'not here')
  }
  const all = Object.fromEntries(Object.keys(routes).map((name) => [name, missing]))
  // Node's fetch opens a spare connection after an abort, and a server waits for connections that have not asked anything yet.
  app = fastify({ forceCloseConnections: true })
  await registerApi(app, { ...all, ...own } as unknown as Handlers<RouteName>, { authenticator, checkAnswers: true, ...options })
  return app
}
const session = { cookie: 'throughline_session=good' }
const key = { authorization: 'Bearer tl_good' }

test('a wrong query value is refused with the field, the value and what is allowed', async () => {
  const api = await start({})
  const answer = await api.inject({ url: '/api/people?limit=900', headers: key })
  expect(answer.statusCode).toBe(400)
  expect(answer.json<ApiError>()).toMatchObject({ code: 'bad_input', field: 'query.limit', value: '900', allowed: 'at most 200' })
})

test('a password that is refused is not sent back', async () => {
  const api = await start({})
  const answer = await api.inject({ method: 'POST', url: '/api/sources', headers: key, payload: { name: { password: 'hunter2hunter2' } } })
  expect(answer.statusCode).toBe(400)
  expect(answer.body).not.toContain('hunter2')
})

test('nobody gets in without a session or a key, and a wrong key is not silently a session', async () => {
  const api = await start({ me: async () => user })
  expect((await api.inject({ url: '/api/me' })).json<ApiError>().code).toBe('not_signed_in')
  expect((await api.inject({ url: '/api/me', headers: { ...session, authorization: 'Bearer tl_wrong' } })).statusCode).toBe(401)
  expect((await api.inject({ url: '/api/me', headers: session })).json()).toEqual(user)
})

test('a viewer may not call what needs an admin', async () => {
  const api = await start({ apiKeys: async () => ({ items: [] }) })
  const answer = await api.inject({ url: '/api/api-keys', headers: session })
  expect(answer.statusCode).toBe(403)
  expect(answer.json<ApiError>()).toMatchObject({ code: 'not_allowed', value: 'viewer', allowed: 'admin' })
  expect((await api.inject({ url: '/api/api-keys', headers: key })).statusCode).toBe(200)
})

test('a state-changing call with a cookie is taken from the console and refused from another site', async () => {
  const api = await start({ signOut: async () => ({ ok: true }) })
  const from = (headers: Record<string, string>) =>
    api.inject({ method: 'POST', url: '/api/sign-out', headers: { host: 'shop.example', ...session, ...headers } })
  expect((await from({ origin: 'https://evil.example' })).json<ApiError>().code).toBe('foreign_origin')
  expect((await from({})).statusCode).toBe(403)
  expect((await from({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
  expect((await from({ origin: 'null' })).statusCode).toBe(403)
  expect((await from({ origin: 'https://shop.example' })).statusCode).toBe(200)
  expect((await from({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200)
})

test('an API key needs no origin', async () => {
  const api = await start({ signOut: async () => ({ ok: true }) })
  expect(
    (await api.inject({ method: 'POST', url: '/api/sign-out', headers: { ...key, 'content-type': 'application/json' }, payload: '' }))
      .statusCode,
  ).toBe(200)
})

test('sign-in is slowed down after too many tries from one address', async () => {
  const api = await start({ signIn: async () => user }, { publicTriesPerMinute: 2 })
  const once = () => api.inject({ method: 'POST', url: '/api/sign-in', payload: { email: 'a', password: 'b' } })
  await once()
  expect((await once()).statusCode).toBe(200)
  const third = await once()
  expect(third.statusCode).toBe(429)
  expect(Number(third.headers['retry-after'])).toBeGreaterThan(0)
})

test('an unknown path gets a JSON 404, a known path with another method a 405 that names the right one', async () => {
  const api = await start({})
  expect((await api.inject({ url: '/api/nothing', headers: key })).json<ApiError>().code).toBe('route_unknown')
  const wrong = await api.inject({ method: 'DELETE', url: '/api/people/p1', headers: key })
  expect([wrong.statusCode, wrong.headers.allow, wrong.json<ApiError>().code]).toEqual([405, 'GET', 'wrong_method'])
})

test('a body that is not JSON, or too large, is answered clearly', async () => {
  const api = await start({})
  const send = (payload: string) =>
    api.inject({ method: 'POST', url: '/api/sources', headers: { ...key, 'content-type': 'application/json' }, payload })
  expect((await send('{"name":')).json<ApiError>().code).toBe('bad_json')
  expect((await send('{"__proto__":{"a":1}}')).statusCode).toBe(400)
  expect((await send(JSON.stringify({ name: 'x'.repeat(1_100_000) }))).json<ApiError>().code).toBe('body_too_large')
})

test('an unexpected error tells the caller nothing but the request id', async () => {
  const api = await start({
    me: async () => {
      throw new Error('password=secret at line 3')
    },
  })
  const answer = await api.inject({ url: '/api/me', headers: session })
  expect(answer.statusCode).toBe(500)
  expect(answer.body).not.toContain('secret')
  expect(answer.json<ApiError>().requestId).toBeTruthy()
})

test('an answer that breaks its schema is caught where answers are checked', async () => {
  const api = await start({ me: async () => ({ ...user, role: 'emperor' }) as never })
  expect((await api.inject({ url: '/api/me', headers: session })).statusCode).toBe(500)
})

test('the session cookie is out of reach of scripts and of other sites', async () => {
  const api = await start({
    signIn: async (request) => {
      request.setSession({ token: 'good', expiresAt: Date.now() + 60_000 })
      return user
    },
  })
  const answer = await api.inject({ method: 'POST', url: '/api/sign-in', payload: { email: 'a', password: 'b' } })
  expect(answer.cookies[0]).toMatchObject({ name: 'throughline_session', value: 'good', httpOnly: true, sameSite: 'Lax', path: '/' })
})

test('a stream sends its items as server-sent events with their ids and ends with the caller', async () => {
  let ended = false
  const entry = {
    id: 'web:1',
    type: 'track',
    name: 'Seen',
    timestamp: 1,
    receivedAt: 2,
    source: 'web',
    profileId: 'p',
    properties: {},
    context: {},
    personName: null,
  }
  const api = await start({
    async *eventStream(request) {
      try {
        yield entry
        await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
      } finally {
        ended = true
      }
    },
  })
  const address = await api.listen({ port: 0, host: '127.0.0.1' })
  const controller = new AbortController()
  const response = await fetch(`${address}/api/events/stream`, { headers: key, signal: controller.signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes('data:')) break
  }
  expect(text).toContain(`id: web:1\ndata: ${JSON.stringify(entry)}\n\n`)
  controller.abort()
  await expect.poll(() => ended).toBe(true)
})

test('asking for the head of a stream is answered, and starts none', async () => {
  let started = false
  const api = await start({
    async *eventStream() {
      started = true
    },
  })
  const address = await api.listen({ port: 0, host: '127.0.0.1' })
  const response = await fetch(`${address}/api/events/stream`, { method: 'HEAD', headers: key, signal: AbortSignal.timeout(60_000) })
  expect([response.status, response.headers.get('content-type'), started]).toEqual([200, 'text/event-stream; charset=utf-8', false])
})

test('a stop ends the streams that are still being read', async () => {
  const api = await start({
    async *eventStream(request) {
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
    },
  })
  const address = await api.listen({ port: 0, host: '127.0.0.1' })
  const response = await fetch(`${address}/api/events/stream`, { headers: key })
  const reading = response.text()
  await api.close()
  expect(await reading).toContain(': open')
})
