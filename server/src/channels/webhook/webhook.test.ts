import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeChannelWorld, until, type ChannelWorld } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeSafeFetch, parseAllowedRanges } from '../../platform/safe-fetch/index.ts'
import { saveProvider, type MessageRow, type Sender } from '../index.ts'

const SECRET = 'a-signing-secret-of-some-length'

let database: TestDatabase
let world: ChannelWorld
let hasty: Sender | undefined
let shop: Server
let calls: { method: string | undefined; headers: IncomingMessage['headers']; body: string }[]
let answer: { status: number; body: string; headers?: Record<string, string> } | 'hang' | 'drop'
const open = makeSafeFetch(parseAllowedRanges('127.0.0.0/8'))

beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(async () => {
  await open.close()
  await database.drop()
})
beforeEach(async () => {
  await database.pool.query(
    'truncate messages, message_contents, notifications, profiles, consents, suppressions, providers, definitions, inbox, seen',
  )
  calls = []
  hasty = undefined
  answer = { status: 200, body: 'ok' }
  shop = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls.push({ method: request.method, headers: request.headers, body: Buffer.concat(chunks).toString() })
      if (answer === 'hang') return
      if (answer === 'drop') return request.socket.destroy()
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await world.stop()
  shop.closeAllConnections()
  shop.close()
})

async function call(fetch = open.fetch, attemptMs?: number): Promise<MessageRow> {
  world = await makeChannelWorld(database.pool, { fetch })
  await saveProvider(database.pool, world.secrets, { channel: 'webhook', config: { kind: 'http' }, password: SECRET })
  await world.publish({
    kind: 'template',
    id: 'hook',
    name: 'Hook',
    channel: 'webhook',
    method: 'PUT',
    url: `http://127.0.0.1:${(shop.address() as AddressInfo).port}/hook?id={{ profile.id }}`,
    headers: { 'X-Shop': '{{ profile.name }}', 'Throughline-Signature': 'made up' },
    body: '{"who": "{{ profile.name }}", "event": "{{ event.name }}"}',
  })
  const row = world.makeRow(await world.makePerson({ name: 'Ann "A" B' }), { channel: 'webhook', template: 'hook', address: '' })
  await world.send(row)
  if (attemptMs === undefined) world.sender.start()
  else (hasty = world.makeSender({ attemptMs })).start()
  return row
}

const end = (row: MessageRow) =>
  until(
    () => world.row(row.id),
    (found) => !['queued', 'sending'].includes(String(found['status'])),
  )
/** The next attempt, which has its usual time. */
const again = async (row: MessageRow) => {
  if (hasty !== undefined) {
    await hasty.stop()
    world.sender.start()
  }
  return until(
    async () => {
      await database.pool.query(`update messages set due_at = 0 where status = 'queued'`)
      return world.row(row.id)
    },
    (found) => found['status'] === 'sent',
  )
}

test('calls the address with JSON that is signed, and names the message', async () => {
  const row = await call()
  expect(await end(row)).toMatchObject({ status: 'sent', provider: 'http' })
  const [got] = calls
  expect(got).toMatchObject({
    method: 'PUT',
    body: '{"who":"Ann \\"A\\" B","event":"Product Added"}',
    headers: { 'x-shop': 'Ann "A" B', 'throughline-message-id': row.id, 'content-type': 'application/json' },
  })
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(got?.headers['throughline-signature'])) ?? []
  expect(v1).toBe(createHmac('sha256', SECRET).update(`${t}.${got?.body}`).digest('hex'))
  expect(Math.abs(Number(t) - Date.now() / 1_000)).toBeLessThan(60)
})

test.each([
  ['answering 503', { status: 503, body: 'busy' }],
  ['hanging', 'hang'],
  ['dropping the connection', 'drop'],
] as const)('an address that is %s gets the call again, with the same message id', async (_how, trouble) => {
  answer = trouble
  const row = await call(open.fetch, trouble === 'hang' ? 1_000 : undefined).then(async (sent) => {
    await until(
      () => world.row(sent.id),
      (found) => found['attempts'] === 1,
    )
    return sent
  })
  expect(String((await world.row(row.id))['reason'])).toContain('Delayed: ')
  answer = { status: 204, body: '' }
  expect(await again(row)).toMatchObject({ attempts: 2, last_error: null })
  expect(new Set(calls.map((each) => each.headers['throughline-message-id']))).toEqual(new Set([row.id]))
})

test('the time that the receiver asks for is given to it', async () => {
  answer = { status: 429, body: '', headers: { 'retry-after': '120' } }
  const row = await call()
  const waiting = await until(
    () => world.row(row.id),
    (found) => found['attempts'] === 1,
  )
  expect(Number(waiting['due_at'])).toBeGreaterThan(Date.now() + 100_000)
})

test('a private address is not called, and the message says why it failed', async () => {
  const closed = makeSafeFetch()
  const row = await call(closed.fetch)
  expect(await end(row)).toMatchObject({ status: 'failed', reason: expect.stringContaining('private address') as unknown })
  expect(calls).toEqual([])
  await closed.close()
})
