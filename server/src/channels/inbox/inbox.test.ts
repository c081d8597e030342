import Fastify, { type FastifyInstance } from 'fastify'
import { v7 } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeChannelWorld, until, type ChannelWorld } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { registerChannelRoutes, type MessageRow } from '../index.ts'

const card = {
  kind: 'template',
  id: 'card',
  name: 'Card',
  channel: 'inbox',
  title: 'Kept: {{ event.properties.name }}',
  body: 'It waits for you.',
  url: 'https://shop.example/cart',
} as const

let database: TestDatabase
let world: ChannelWorld
let app: FastifyInstance

beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.pool.query(
    'truncate messages, message_contents, notifications, profiles, consents, suppressions, providers, definitions, inbox, seen',
  )
  world = await makeChannelWorld(database.pool)
  await world.publish(card)
  world.sender.start()
  app = Fastify()
  await registerChannelRoutes(app, { ...world.deps, feed: world.feed })
})
afterEach(async () => {
  await app.close()
  await world.stop()
})

const hour = () => Date.now() + 3_600_000

async function notify(person: string): Promise<MessageRow> {
  const row = world.makeRow(person, { channel: 'inbox', template: 'card', claimedBy: 'w1' })
  await world.send(row)
  await until(
    () => world.row(row.id),
    (found) => found['status'] === 'sent',
  )
  return row
}

test('a notification stands in the feed of its person, and of nobody else', async () => {
  const [ann, bob] = [await world.makePerson(), await world.makePerson()]
  const row = await notify(ann)
  expect(await world.row(row.id)).toMatchObject({ provider: 'inbox', subject: 'Kept: Tea' })
  const answer = await app.inject({ url: `/inbox/${world.deps.links.inbox(ann, hour())}` })
  expect(answer.headers['access-control-allow-origin']).toBe('*')
  expect(answer.json()).toMatchObject({ unread: 1, items: [{ id: row.id, title: 'Kept: Tea', body: 'It waits for you.', readAt: null }] })
  expect((await app.inject({ url: `/inbox/${world.deps.links.inbox(bob, hour())}` })).json()).toEqual({ unread: 0, items: [] })
})

test('a token that has expired, or was made for something else, is refused with a way out', async () => {
  const ann = await world.makePerson()
  for (const token of [world.deps.links.inbox(ann, Date.now() - 1), world.secrets.signToken('open', ann), 'x']) {
    const answer = await app.inject({ url: `/inbox/${token}` })
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({ code: 'inbox_token_invalid', message: expect.stringContaining('inbox-token') as unknown })
  }
})

test('reading is said once, going where it leads too, and both come back as events', async () => {
  const ann = await world.makePerson()
  const row = await notify(ann)
  const url = `/inbox/${world.deps.links.inbox(ann, hour())}/read`
  expect((await app.inject({ method: 'POST', url, payload: { ids: [row.id] } })).json()).toEqual({ read: 1 })
  expect((await app.inject({ method: 'POST', url, payload: { ids: [row.id], action: 'clicked' } })).json()).toEqual({ read: 0 })
  expect((await world.events()).map((event) => event.name)).toEqual(['Message Sent', 'Message Opened', 'Message Clicked'])
  expect(await world.row(row.id)).toMatchObject({ opened_at: expect.any(Number) as unknown, clicked_at: expect.any(Number) as unknown })
})

test.each([
  [{ ids: 'x' }, 'ids'],
  [{ action: 'sold' }, 'action'],
])('what cannot be read (%j) names the field', async (payload, field) => {
  const answer = await app.inject({ method: 'POST', url: `/inbox/${world.deps.links.inbox(v7(), hour())}/read`, payload })
  expect(answer.statusCode).toBe(400)
  expect(answer.json()).toMatchObject({ code: 'inbox_request_invalid', field })
})

test('a preflight from any origin is allowed to post', async () => {
  const answer = await app.inject({
    method: 'OPTIONS',
    url: '/inbox/x/read',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  })
  expect(answer.statusCode).toBe(204)
  expect(answer.headers['access-control-allow-methods']).toContain('POST')
})

test('a stream tells what comes in from now on, also when another process wrote it, and ends with the server', async () => {
  const ann = await world.makePerson()
  await app.listen({ port: 0, host: '127.0.0.1' })
  await notify(ann)
  const base = `http://127.0.0.1:${(app.server.address() as { port: number }).port}`
  const response = await fetch(`${base}/inbox/${world.deps.links.inbox(ann, hour())}/stream`)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  let text = ''
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString()
  })()
  await until(
    () => text,
    (so) => so.includes(': open'),
  )
  const row = await notify(ann)
  await until(
    () => text,
    (so) => so.includes(row.id),
  )
  await database.pool.query(
    `insert into notifications (shard, profile_id, message_id, title, body, created_at) select shard, profile_id, 'elsewhere', 'T', 'B', (extract(epoch from clock_timestamp()) * 1000)::bigint from notifications limit 1`,
  )
  await until(
    () => text,
    (so) => so.includes('elsewhere'),
  )
  expect(text.match(/^data: /gm)).toHaveLength(2)
  await app.close()
  await reading
})
