import type { HandlerRequest } from '../platform/http/index.ts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeChannelWorld, settings, startSmtpSink, until, type ChannelWorld, type SmtpSink } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeChannelHandlers, smtpFromUrl } from './index.ts'

const hello = {
  kind: 'template',
  id: 'hello',
  name: 'Hello',
  channel: 'email',
  subject: 'Hi {{ profile.first_name }}',
  html: '<p>{{ event.properties.name }}</p>',
} as const

let database: TestDatabase
let sink: SmtpSink
let world: ChannelWorld
let handlers: ReturnType<typeof makeChannelHandlers>

beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.pool.query(
    'truncate messages, message_contents, notifications, profiles, consents, suppressions, providers, definitions, inbox, seen',
  )
  sink = await startSmtpSink()
  world = await makeChannelWorld(database.pool)
  handlers = makeChannelHandlers({
    ...world.deps,
    secrets: world.secrets,
    settings: async () => settings,
    messageEvents: async () => [],
    peopleOf: async (id) => [id],
    livingPerson: async (id) => id,
    latestAction: async () => null,
  })
  await world.publish(hello)
})
afterEach(async () => {
  await world.stop()
  await sink.close()
})

type Given<N extends Parameters<typeof makeRequest>[0]> = Partial<Pick<HandlerRequest<N>, 'params' | 'query' | 'body'>>

function makeRequest<N extends keyof typeof handlers>(_name: N, given: Partial<HandlerRequest<N>>): HandlerRequest<N> {
  return {
    params: undefined,
    query: undefined,
    body: undefined,
    requestId: 'r',
    ip: '',
    session: null,
    setSession: () => undefined,
    signal: new AbortController().signal,
    audit: { note: () => undefined, commit: async () => undefined },
    auth: { kind: 'user', id: 'u', name: 'ann@shop.example', role: 'admin' },
    ...given,
  } as unknown as HandlerRequest<N>
}

const smtp = (port: number, more: object = {}) => ({
  kind: 'smtp' as const,
  host: '127.0.0.1',
  port,
  secure: false,
  from: 'tea@shop.example',
  ...more,
})
const setProvider = (given: Given<'setProvider'>) => handlers.setProvider(makeRequest('setProvider', given))

test('a message shows what it looked like, why it was sent, and to whom', async () => {
  world.sender.start()
  const person = await world.makePerson({ email: 'ann@example.com', first_name: 'Ann' })
  const row = world.makeRow(person, { claimedBy: 'w1' })
  await world.send(row)
  await until(
    () => world.row(row.id),
    (found) => found['status'] === 'sent',
  )
  const list = await handlers.messages(makeRequest('messages', { query: { limit: 10, person } }))
  expect(list).toMatchObject({
    next: null,
    items: [{ id: row.id, personName: 'Ann', status: 'sent', sandbox: true, to: 'ann@example.com', subject: 'Hi Ann', reason: row.reason }],
  })
  const detail = await handlers.message(makeRequest('message', { params: { id: row.id } }))
  expect(detail.content).toMatchObject({
    channel: 'email',
    subject: 'Hi Ann',
    html: expect.stringContaining('<p>Tea</p>') as unknown,
    text: expect.stringContaining('Tea') as unknown,
  })
  await expect(handlers.message(makeRequest('message', { params: { id: 'nothing' } }))).rejects.toMatchObject({
    code: 'message_unknown',
    kind: 'not-found',
  })
})

test('a long list comes in pages, newest first, each message once', async () => {
  const person = await world.makePerson()
  const rows = Array.from({ length: 7 }, (_, n) =>
    world.makeRow(person, { status: 'held', rule: 'consent', createdAt: 1_000 + (n >> 1), sendId: n < 2 ? 'sale#2' : null }),
  )
  await world.send(...rows)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await handlers.messages(
      makeRequest('messages', { query: { limit: 3, status: 'held', ...(cursor !== undefined && { cursor }) } }),
    )
    seen.push(...page.items.map((item) => item.id))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect(new Set(seen)).toEqual(new Set(rows.map((row) => row.id)))
  expect(seen).toHaveLength(7)
  const ofSend = await handlers.messages(makeRequest('messages', { query: { limit: 10, send: 'sale#2' } }))
  expect(ofSend.items.map(({ send }) => send)).toEqual([2, 2])
  expect(new Set(ofSend.items.map(({ id }) => id))).toEqual(new Set([rows[0]!.id, rows[1]!.id]))
})

test('secrets go in and never come out, not even of the database', async () => {
  const saved = await setProvider({
    params: { channel: 'email' },
    body: { config: smtp(sink.port, { user: 'shop' }), password: 'top-secret-word' },
  })
  expect(saved).toMatchObject({ channel: 'email', hasPassword: true, hasDkimKey: false })
  const stored = await database.pool.query("select config::text, encode(secret_encrypted, 'escape') as secret from providers")
  expect(JSON.stringify([saved, await handlers.providers(makeRequest('providers', {})), stored.rows])).not.toContain('top-secret-word')
})

test('a stored password stays when it is left out, but is not handed to another host', async () => {
  await setProvider({ params: { channel: 'email' }, body: { config: smtp(sink.port, { user: 'shop' }), password: 'top-secret-word' } })
  expect(
    await setProvider({ params: { channel: 'email' }, body: { config: smtp(sink.port, { user: 'shop', fromName: 'Tea' }) } }),
  ).toMatchObject({ hasPassword: true })
  await expect(
    setProvider({ params: { channel: 'email' }, body: { config: smtp(sink.port, { user: 'shop', host: 'evil.example' }) } }),
  ).rejects.toMatchObject({ code: 'provider_config_invalid', details: { field: 'password' } })
})

test.each([
  [
    'a DKIM domain that does not fit the sender',
    {
      channel: 'email',
      config: smtp(25, { dkim: { domain: 'other.example', selector: 's' } }),
      dkimKey: '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIFe3e6Xv0b0Xq3Yb3Q7n0N3b2o4f2yq1Xb2b8nq0QJmT\n-----END PRIVATE KEY-----',
    },
    'config.dkim.domain',
  ],
  [
    'a DKIM key that is none',
    { channel: 'email', config: smtp(25, { dkim: { domain: 'shop.example', selector: 's' } }), dkimKey: 'x' },
    'dkimKey',
  ],
  ['a webhook without a signing secret', { channel: 'webhook', config: { kind: 'http' } }, 'password'],
  ['SMTP for webhooks', { channel: 'webhook', config: smtp(25) }, 'config.kind'],
  ['a provider for the inbox', { channel: 'inbox', config: { kind: 'http' }, password: 'x'.repeat(20) }, 'config.kind'],
] as const)('%s is refused with its field', async (_what, { channel, ...body }, field) => {
  await expect(setProvider({ params: { channel }, body: body as never })).rejects.toMatchObject({ kind: 'bad-input', details: { field } })
})

test('a test send says whether the provider took it, and what it answered if not', async () => {
  const send = () => handlers.testProvider(makeRequest('testProvider', { params: { channel: 'email' }, body: { to: 'me@example.com' } }))
  await expect(send()).rejects.toMatchObject({ code: 'provider_missing' })
  await setProvider({ params: { channel: 'email' }, body: { config: smtp(sink.port) } })
  expect(await send()).toMatchObject({ ok: true })
  expect(sink.mails.map((mail) => mail.to)).toEqual(['me@example.com'])
  sink.onRecipient = () => ({ code: 550, text: '5.7.1 Relaying denied' })
  expect(await send()).toMatchObject({ ok: false, detail: expect.stringContaining('5.7.1 Relaying denied') as unknown })
  expect(await handlers.deleteProvider(makeRequest('deleteProvider', { params: { channel: 'email' } }))).toEqual({ ok: true })
  expect(await handlers.providers(makeRequest('providers', {}))).toEqual({ items: [] })
})

test('a consent recorded by the team holds at once, for all addresses of the person', async () => {
  const person = await world.makePerson({ email: 'ann@example.com' })
  for (const value of ['ann@example.com', 'ann@work.example'])
    await database.pool.query(`insert into identifiers values (0, 'email', $1, $2, 0)`, [value, person])
  const set = (state: 'granted' | 'withdrawn') =>
    handlers.setConsent(
      makeRequest('setConsent', { params: { id: person }, body: { channel: 'email', topic: '', state, source: 'phone call' } }),
    )
  await set('withdrawn')
  expect((await database.pool.query('select state, source from consents')).rows).toEqual([
    { state: 'withdrawn', source: 'phone call (ann@shop.example)' },
  ])
  expect((await database.pool.query('select address from suppressions order by address')).rows).toEqual([
    { address: 'ann@example.com' },
    { address: 'ann@work.example' },
  ])
  await set('granted')
  expect((await database.pool.query('select 1 from suppressions')).rowCount).toBe(0)
  await expect(
    handlers.setConsent(
      makeRequest('setConsent', { params: { id: 'nobody' }, body: { channel: 'email', topic: '', state: 'granted', source: 'x' } }),
    ),
  ).rejects.toMatchObject({ code: 'person_unknown' })
})

test.each([
  ['smtp://127.0.0.1:2525?from=a@shop.example', { host: '127.0.0.1', port: 2525, secure: false, from: 'a@shop.example' }, undefined],
  [
    'smtps://shop%40x.example:p%3Aw@mail.example',
    { host: 'mail.example', port: 465, secure: true, from: 'shop@x.example', user: 'shop@x.example' },
    'p:w',
  ],
])('the address %s is read as a provider', (text, config, password) => {
  expect(smtpFromUrl(text)).toMatchObject({
    channel: 'email',
    config: { kind: 'smtp', ...config },
    ...(password !== undefined && { password }),
  })
})

test.each([
  ['http://hunter2', 'it begins with http:'],
  ['smtp://hunter2.example', 'it names no sender'],
  ['smtp://?from=a@shop.example', 'it names no host'],
  ['hunter2', 'it cannot be read as an address'],
  ['smtp://u:hunter2%zz@mail.example?from=a@shop.example', 'it cannot be read as an address (a % in a name or password is written %25)'],
  ['smtp://u:hunter2%ff@mail.example?from=a@shop.example', 'it cannot be read as an address (a % in a name or password is written %25)'],
  ['smtp://hunter2%ff%40x@mail.example', 'it cannot be read as an address (a % in a name or password is written %25)'],
  ['smtp://u:hunter2@mail.example?from=shop', 'its sender is "shop", which is no e-mail address'],
  ['smtp://u:7?hunter2@mail.example&from=a@shop.example', 'it has an option besides from and fromName (a ? in a password is written %3F)'],
])('the address %s is refused by the name of its variable, without repeating it', (text, why) => {
  const refusal = (() => {
    try {
      return smtpFromUrl(text) && ''
    } catch (error) {
      return (error as Error).message
    }
  })()
  expect(refusal).toBe(
    `THROUGHLINE_SMTP_URL cannot be used: ${why}; allowed: smtp://user:password@host:587?from=shop@example.com&fromName=Shop, or smtps://….`,
  )
  expect(refusal).not.toContain('hunter2')
})
