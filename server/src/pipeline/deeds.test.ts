import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { shardOf } from '@throughline/contracts'
import { settings, until } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeLinks, makeProviderStore, saveProvider, startAsker, type AskerDeps, type ProviderStore } from '../channels/index.ts'
import { claimRequests, endRequest } from '../channels/asking/requests.ts'
import { tellStepAnswer } from '../journeys/index.ts'
import { makeSilentLog } from '../platform/log/index.ts'
import { makeSecrets } from '../platform/secrets/index.ts'
import { makeTemplateStore } from '../templates/index.ts'
import { makeSafeFetch, parseAllowedRanges } from '../platform/safe-fetch/index.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, readProfile, untilTaken } from './test/harness.ts'
import type { Worker } from './worker.ts'

let database: TestDatabase
let worker: Worker

beforeAll(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
  await worker.start()
  await database.pool.query(`insert into lists (id, name, created_at, created_by) values ('vip', 'VIP', 0, 'test')`)
  const journey = (id: string, event: string, step: object) => ({
    kind: 'journey',
    id,
    name: id,
    entry: { on: { event }, reentry: { kind: 'always' } },
    start: 'a',
    steps: { a: step },
  })
  await publish(
    database.pool,
    journey('in', 'Praised', { kind: 'list', list: 'vip' }),
    journey('out', 'Scolded', { kind: 'list', list: 'vip', change: 'remove' }),
    journey('gone', 'Lost', { kind: 'list', list: 'no-such-list' }),
    journey('yes', 'Agreed', { kind: 'consent', channel: 'email', state: 'granted' }),
    { kind: 'template', id: 'note', name: 'Note', channel: 'inbox', title: 'Hi', body: 'Hello' },
    { ...journey('often', 'Looked', { kind: 'message', channel: 'inbox', template: 'note' }), mostMessages: { times: 1, within: '1 day' } },
    {
      ...journey('complaint', 'Complaint Opened', { kind: 'wait', for: '30 days' }),
      name: 'Open complaint',
      priority: 80,
      alone: { others: 'wait', atMost: '7 days' },
      exitOn: [{ event: 'Complaint Solved' }],
    },
    { ...journey('crisis', 'Crisis Begun', { kind: 'wait', for: '30 days' }), priority: 90, alone: { others: 'stay-out' } },
    journey('greeting', 'Came By', { kind: 'message', channel: 'inbox', template: 'note' }),
    journey('no', 'Left Alone', { kind: 'consent', channel: 'email', topic: 'news', state: 'withdrawn' }),
  )
  await untilTaken(database.pool)
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
})

const members = async () =>
  (await database.pool.query('select list_id, profile_id, person, member, current from list_members order by at')).rows
const consents = async (id: string) =>
  (await database.pool.query('select channel, topic, state, source from consents where profile_id = $1 order by topic', [id])).rows
const hear = async (profileId: string, ...names: string[]) => {
  for (const name of names) await append(database.pool, [{ profileId, name }])
  await untilTaken(database.pool)
}

test('a journey changes lists and consents in the transaction that says so, and lifts no opt-out', async () => {
  const id = makeProfileId(3)
  await hear(id, 'Praised', 'Lost')
  expect(await members()).toEqual([{ list_id: 'vip', profile_id: id, person: id, member: true, current: true }])
  await hear(id, 'Praised', 'Scolded')
  expect(await members()).toMatchObject([{ member: false, current: true }])
  expect((await readFacts(database.pool, id)).filter(({ name }) => name.startsWith('List ')).map(({ name }) => name)).toEqual([
    'List Joined',
    'List Joined',
    'List Left',
  ])

  await hear(id, 'Agreed', 'Left Alone')
  expect(await consents(id)).toEqual([
    { channel: 'email', topic: '', state: 'granted', source: 'journey yes' },
    { channel: 'email', topic: 'news', state: 'withdrawn', source: 'journey no' },
  ])
  // The person's own word is in the table before the pipeline hears it: the journey's yes comes after and changes nothing.
  const other = makeProfileId(4)
  await database.pool.query(
    `insert into consents (shard, profile_id, channel, topic, state, source, at) values ($1, $2, 'email', '', 'withdrawn', 'preference centre', 5)`,
    [shardOf(other), other],
  )
  await hear(other, 'Agreed')
  expect(await consents(other)).toMatchObject([{ state: 'withdrawn', source: 'preference centre' }])
})

test('what was said counts for a cap from one event to the next, and the message beyond it says why it was held back', async () => {
  const id = makeProfileId(7)
  await hear(id, 'Looked', 'Looked')
  const { rows } = await database.pool.query(
    'select rule, reason from messages where profile_id = $1 order by created_at, rule nulls first',
    [id],
  )
  expect(rows).toEqual([
    { rule: null, reason: expect.stringMatching(/^Sent: /) },
    {
      rule: 'journey-cap',
      reason: expect.stringMatching(/^Held back: had 1 message of often within 1 day, its limit\. Next chance \w+ \d\d:\d\d$/),
    },
  ])
})

test('a message that waits for a more important journey goes out as soon as that is over, and who is kept out of one is counted', async () => {
  const id = makeProfileId(9)
  const said = async () => (await database.pool.query('select rule from messages where profile_id = $1', [id])).rows
  await hear(id, 'Complaint Opened', 'Came By')
  expect(await said()).toEqual([])
  await hear(id, 'Complaint Solved')
  expect(await until(said, (found) => found.length > 0)).toEqual([{ rule: null }])
  await hear(id, 'Crisis Begun', 'Came By', 'Came By')
  const facts = (await readFacts(database.pool, id)).map(({ name }) => name)
  expect(facts.filter((name) => name === 'Message Delayed' || name === 'Journey Refused')).toEqual(['Message Delayed', 'Journey Refused'])
  const { rows } = await database.pool.query(
    `select edge, sum(n)::int as n from edge_counts where journey_id = 'greeting' and edge in ('entry', 'kept-out') group by edge order by edge`,
  )
  expect(rows).toEqual([
    { edge: 'entry', n: 1 },
    { edge: 'kept-out', n: 1 },
  ])
})

test('what a journey says of somebody who was merged already, before their worker hears of it, is the survivor’s', async () => {
  const [winner, loser] = [makeProfileId(5), makeProfileId(6)]
  await worker.stop()
  await database.pool.query(
    `insert into merges (id, winner, loser, at, reason, moved) values (gen_random_uuid(), $1, $2, 0, 'test', '[]')`,
    [winner, loser],
  )
  await append(database.pool, [
    { profileId: loser, name: 'Praised' },
    { profileId: loser, name: 'Left Alone' },
    { profileId: loser, type: 'control', name: 'merge-out', properties: { merge: 'm1', winner } },
  ])
  worker = makeTestWorker(database.pool)
  await worker.start()
  await untilTaken(database.pool)
  expect((await readProfile(database.pool, loser))?.mergedInto).toBe(winner)
  expect((await members()).filter((row) => row['profile_id'] === loser)).toMatchObject([{ person: winner, member: true, current: true }])
  expect(await consents(winner)).toMatchObject([{ topic: 'news', state: 'withdrawn' }])
})

let deps: AskerDeps & { readonly providers: ProviderStore }
const secrets = makeSecrets(Buffer.alloc(32, 7))
let shop: Server
let calls: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = []
let answers: { readonly status: number; readonly body?: string }[] = []
const open = makeSafeFetch(parseAllowedRanges('127.0.0.0/8'))

beforeAll(async () => {
  const channel = { pool: database.pool, links: makeLinks(secrets), fetch: open.fetch, onNotification: () => undefined }
  const log = makeSilentLog()
  const providers = makeProviderStore({ ...channel, log, secrets })
  deps = { ...channel, log, providers, templates: makeTemplateStore(database.pool), settings: async () => settings, tell: tellStepAnswer }
  shop = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      const { status, body } = answers.shift() ?? { status: 200, body: '{"data":{"code":"SPRING"},"points":120,"list":[1]}' }
      response.writeHead(status).end(body)
    })
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  await publish(
    database.pool,
    {
      kind: 'template',
      id: 'ask',
      name: 'Ask',
      channel: 'webhook',
      url: `http://127.0.0.1:${(shop.address() as AddressInfo).port}/ask`,
      body: '{"who": "{{ profile.plan }}", "sku": "{{ event.properties.sku }}"}',
    },
    {
      kind: 'journey',
      id: 'asking',
      name: 'Asking',
      entry: { on: { event: 'Asked' }, reentry: { kind: 'always' } },
      exitOn: [{ event: 'Order Completed' }],
      start: 'a',
      steps: {
        a: { kind: 'webhook', template: 'ask', upTo: '1 hour', keep: { code: 'data.code', points: 'points', list: 'list' }, next: 'told' },
        told: {
          kind: 'send-event',
          event: 'Told',
          properties: { code: { answer: 'a.code' }, points: { answer: 'a.points' }, list: { answer: 'a.list' } },
        },
      },
    },
  )
  await untilTaken(database.pool)
})
afterAll(async () => {
  await deps.providers.close()
  shop.closeAllConnections()
  shop.close()
  await open.close()
})
beforeEach(() => {
  calls = []
  answers = []
})

const start = () => startAsker(deps)
const waiting = async () => (await database.pool.query('select id from step_requests')).rowCount
const told = async (id: string) =>
  (await readFacts(database.pool, id)).flatMap(({ name, properties: { journey: _, step: __, ...said } }) =>
    name === 'Webhook Answered' || name === 'Told' ? [said] : [],
  )
const answered = async (id: string) => {
  await until(waiting, (left) => left === 0)
  await untilTaken(database.pool)
  return told(id)
}

test('a webhook without a provider is not called, and one that is refused says why', async () => {
  const [none, refused] = [makeProfileId(8), makeProfileId(9)]
  let asker = start()
  await hear(none, 'Asked')
  expect(await answered(none)).toEqual([{ ok: false, reason: expect.stringContaining('no webhook provider') as unknown }])
  await asker.stop()
  await saveProvider(database.pool, secrets, {
    channel: 'webhook',
    config: { kind: 'http' },
    password: 'a-signing-secret-of-some-length',
  })
  await deps.providers.refresh(true)
  asker = start()
  answers = [{ status: 404, body: 'gone' }]
  await hear(refused, 'Asked')
  expect(await answered(refused)).toEqual([{ ok: false, reason: expect.stringContaining('answered 404: "gone"') as unknown }])
  await asker.stop()
  expect(calls).toHaveLength(1)
})

test('a webhook that fails is asked again with the same key, and what it answers is kept for what follows', async () => {
  const id = makeProfileId(10)
  const asker = start()
  answers = [{ status: 503 }]
  await append(database.pool, [{ profileId: id, name: 'Identified', type: 'identify', properties: { plan: 'pro' } }])
  await append(database.pool, [{ profileId: id, name: 'Asked', properties: { sku: 's1' } }])
  await untilTaken(database.pool)
  expect(await answered(id)).toEqual([{ ok: true }, { code: 'SPRING', points: 120 }])
  expect(calls.map(({ body }) => JSON.parse(body) as unknown)).toEqual([0, 1].map(() => ({ who: 'pro', sku: 's1' })))
  expect(new Set(calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(calls[0]?.headers['throughline-signature']).toMatch(/^t=\d+,v1=/)
  await asker.stop()
})

test('a worker that was killed on the way loses no answer and tells none twice, and nobody is asked for a run that is over', async () => {
  const [killed, over] = [makeProfileId(11), makeProfileId(12)]
  await hear(killed, 'Asked')
  const [claimed] = await claimRequests(database.pool, 5)
  expect(await claimRequests(database.pool, 5)).toEqual([])
  await hear(over, 'Asked', 'Order Completed')
  // The claim of the dead one is over.
  await database.pool.query('update step_requests set due_at = 0')
  const asker = start()
  expect(await answered(killed)).toEqual([{ ok: true }, { code: 'SPRING', points: 120 }])
  expect(await endRequest(database.pool, claimed!)).toBe(false)
  expect(await told(over)).toEqual([])
  expect(calls).toHaveLength(1)
  await asker.stop()
})
