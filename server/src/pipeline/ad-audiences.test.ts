import { hash } from 'node:crypto'
import Fastify from 'fastify'
import { shardOf } from '@throughline/contracts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { settings as shop } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeAdAudienceHandlers, registerAdAudienceRoutes, type AdAudienceDeps } from '../ad-audiences/index.ts'
import { makeSecrets } from '../platform/secrets/index.ts'
import { unpackProfile } from './codec.ts'
import { sweep } from './erase/places.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, untilTaken } from './test/harness.ts'
import type { Worker } from './worker.ts'

let database: TestDatabase
let worker: Worker
let deps: AdAudienceDeps
let handlers: ReturnType<typeof makeAdAudienceHandlers>

beforeAll(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
  await worker.start()
  const settings = { ...shop, consentDefaults: { ...shop.consentDefaults, 'ad-audience': 'withdrawn' as const } }
  deps = { pool: database.pool, secrets: makeSecrets(Buffer.alloc(32, 7)), settings: async () => settings, unpack: unpackProfile }
  handlers = makeAdAudienceHandlers(deps)
  const journey = (id: string, event: string, change: 'add' | 'remove') => ({
    kind: 'journey',
    id,
    name: id,
    entry: { on: { event }, reentry: { kind: 'always' } },
    start: 'ads',
    steps: { ads: { kind: 'ad-audience', audience: 'cart', change } },
  })
  await publish(database.pool, journey('in', 'Cart Left', 'add'), journey('out', 'Order Completed', 'remove'), {
    kind: 'segment',
    id: 'buyers',
    name: 'Buyers',
    where: { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 1 } },
  })
  await untilTaken(database.pool)
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
})
beforeEach(() =>
  database.pool.query(
    'delete from ad_audiences; delete from lists; delete from list_members; delete from consents; delete from suppressions',
  ),
)

const base = {
  requestId: 'r',
  ip: '127.0.0.1',
  session: null,
  setSession: () => undefined,
  signal: new AbortController().signal,
  auth: { kind: 'user', id: 'u', name: 'ann@shop.example', role: 'editor' },
  params: undefined,
  query: undefined,
  body: undefined,
  audit: { note: () => undefined, commit: async () => undefined },
} as const
const params = { id: 'cart' }
const make = (fields: object = {}) =>
  handlers.createAdAudience({ ...base, body: { name: 'Left a cart', id: 'cart', platform: 'meta', segment: null, topic: null, ...fields } })
const hear = async (profileId: string, ...names: string[]) => {
  for (const name of names) await append(database.pool, [{ profileId, name }])
  await untilTaken(database.pool)
}
const say = (profileId: string, state: 'granted' | 'withdrawn', topic = '') =>
  database.pool.query(
    `insert into consents (shard, profile_id, channel, topic, state, source, at) values ($1, $2, 'ad-audience', $3, $4, 'test', 1)
     on conflict (shard, profile_id, channel, topic) do update set state = excluded.state`,
    [shardOf(profileId), profileId, topic, state],
  )
const person = async (email: string, more: object = {}) => {
  const id = makeProfileId()
  await append(database.pool, [{ profileId: id, name: 'Identified', type: 'identify', properties: { email, ...more } }])
  await untilTaken(database.pool)
  return id
}
const read = async (content: AsyncIterable<string | Uint8Array>) => {
  let text = ''
  for await (const part of content) text += typeof part === 'string' ? part : Buffer.from(part).toString()
  return text.trimEnd().split('\r\n')
}
const file = async () => read((await handlers.exportAdAudience({ ...base, params })).content)
const sha = (text: string) => hash('sha256', text)

test('a journey keeps who is in it with since when, and only who has agreed is told, hashed', async () => {
  expect(await make()).toMatchObject({ list: 'ad-cart', segment: null, counts: null, linkedAt: null })
  const [ann, ben, eve, kim] = await Promise.all([
    person('Ann@Shop.example', { first_name: 'Mary', phone: '+1 650 555 1212', country: 'US' }),
    person('ben@shop.example'),
    person('eve@shop.example'),
    person('not an address'),
  ])
  for (const one of [ann, ben, eve, kim]) await hear(one, 'Cart Left', 'Cart Left')
  for (const one of [ann, eve, kim]) await say(one, 'granted')
  await database.pool.query(
    `insert into suppressions (channel, address, reason, source, at) values ('ad-audience', 'eve@shop.example', 'unsubscribed', 'test', 1)`,
  )
  expect((await readFacts(database.pool, ann)).filter(({ name }) => name === 'List Joined')).toMatchObject([
    { properties: { list: 'ad-cart' } },
  ])
  const [header, ...lines] = await file()
  expect(header).toBe('email,phone,fn,ln,zip,country')
  expect(lines).toEqual([[sha('ann@shop.example'), sha('16505551212'), sha('mary'), '', '', sha('us')].join(',')])
  const found = await handlers.adAudience({ ...base, params })
  expect(found).toMatchObject({
    counts: { people: 4, withoutConsent: 2, withoutKey: 1, rows: 1, email: 1, phone: 1, name: 0 },
    fetchedAt: null,
  })
  expect(found.usedIn.map(({ id }) => id)).toEqual(['in', 'out'])
  expect(await handlers.countAdAudience({ ...base, params })).toEqual(found.counts)
  const { rows } = await database.pool.query<{ at: number }>(`select at from list_members where list_id = 'ad-cart' and profile_id = $1`, [
    ann,
  ])
  expect(Date.now() - rows[0]!.at).toBeLessThan(60_000)
  // Who orders is shown no more ads; who opts out neither.
  await hear(ann, 'Order Completed')
  expect((await file()).slice(1)).toEqual([])
  await hear(ann, 'Cart Left')
  expect((await file()).slice(1)).toHaveLength(1)
  await say(ann, 'withdrawn')
  expect((await file()).slice(1)).toEqual([])
})

test('with a topic only who has agreed to that as well is told', async () => {
  await make({ topic: 'retargeting', platform: 'google' })
  const [ann, ben] = [await person('ann@shop.example'), await person('ben@shop.example')]
  for (const one of [ann, ben]) {
    await hear(one, 'Cart Left')
    await say(one, 'granted')
  }
  await say(ann, 'granted', 'retargeting')
  expect(await file()).toEqual(['Email,Phone,First Name,Last Name,Country,Zip', `${sha('ann@shop.example')},,,,,`])
})

test('an audience of a segment is that segment at every instant, over all pages', async () => {
  await make({ segment: 'buyers', platform: 'google' })
  expect((await handlers.adAudience({ ...base, params })).list).toBeNull()
  const people = Array.from({ length: 1_100 }, (_, n) => ({ id: makeProfileId(n % 2), email: `p${n}@shop.example` }))
  await append(
    database.pool,
    people.flatMap(({ id, email }) => [
      { profileId: id, name: 'Identified', type: 'identify', properties: { email } },
      { profileId: id, name: 'Order Completed', properties: {} },
    ]),
  )
  await untilTaken(database.pool)
  await Promise.all(people.map(({ id }) => say(id, 'granted')))
  const lines = (await file()).slice(1)
  expect(new Set(lines)).toEqual(new Set(people.map(({ email }) => `${sha(email)},,,,,`)))
  await expect(make({ id: 'other', name: 'Other', segment: 'nobody' })).rejects.toThrow('There is no segment "nobody"')
})

test('who is forgotten or merged away is told no more, or once', async () => {
  await make()
  const [ann, winner, loser] = [await person('ann@shop.example'), makeProfileId(5), makeProfileId(6)]
  await append(database.pool, [{ profileId: winner, name: 'Identified', type: 'identify', properties: { email: 'win@shop.example' } }])
  for (const one of [ann, winner, loser]) {
    await hear(one, 'Cart Left')
    await say(one, 'granted')
  }
  expect((await file()).slice(1)).toHaveLength(2)
  await database.pool.query(
    `insert into merges (id, winner, loser, at, reason, moved) values (gen_random_uuid(), $1, $2, 0, 'test', '[]')`,
    [winner, loser],
  )
  await append(database.pool, [{ profileId: loser, type: 'control', name: 'merge-out', properties: { merge: 'm1', winner } }])
  await untilTaken(database.pool)
  await sweep(database.pool, { profiles: [ann], identifiers: [] } as never)
  expect((await file()).slice(1)).toEqual([[sha('win@shop.example'), '', '', '', '', ''].join(',')])
})

test('a platform fetches it from an address that ends when it is ended or made anew, and nothing of it can be guessed', async () => {
  await make()
  const ann = await person('ann@shop.example')
  await hear(ann, 'Cart Left')
  await say(ann, 'granted')
  const app = Fastify()
  await registerAdAudienceRoutes(app, deps)
  const fetchFrom = (url: string) => app.inject({ method: 'GET', url })
  const first = await handlers.linkAdAudience({ ...base, params })
  expect(first.url).toBe(`https://track.shop.example${first.path}`)
  const answer = await fetchFrom(first.path)
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/csv; charset=utf-8' })
  expect(answer.body.split('\r\n')[1]).toContain(sha('ann@shop.example'))
  expect(await handlers.adAudience({ ...base, params })).toMatchObject({ fetchedAt: expect.any(Number) as unknown, counts: { rows: 1 } })
  const { rows } = await database.pool.query<{ row: string }>('select a::text as row from ad_audiences a')
  expect(rows[0]!.row).not.toContain(first.path.split('/').at(-1)!.replace('.csv', ''))
  const second = await handlers.linkAdAudience({ ...base, params })
  expect((await fetchFrom(first.path)).statusCode).toBe(404)
  expect((await fetchFrom(second.path)).statusCode).toBe(200)
  expect((await fetchFrom(second.path.replace('cart', 'other'))).statusCode).toBe(404)
  await handlers.unlinkAdAudience({ ...base, params })
  expect((await fetchFrom(second.path)).statusCode).toBe(404)
  await app.close()
})

test('names and ids are given once, and one in use stays', async () => {
  await make()
  await expect(make({ id: 'cart-two' })).rejects.toThrow('named "Left a cart" already')
  await expect(make({ name: 'Another' })).rejects.toThrow('has, or had, the id "cart"')
  await expect(handlers.deleteAdAudience({ ...base, params })).rejects.toThrow('the journey "in", the journey "out"')
  const made = await make({ id: undefined, name: 'Spring 2026' })
  expect(made).toMatchObject({ id: 'spring-2026', list: 'ad-spring-2026' })
  expect(await handlers.setAdAudience({ ...base, params: made, body: { name: 'Spring', topic: 'ads' } })).toMatchObject({
    name: 'Spring',
    topic: 'ads',
  })
  await handlers.deleteAdAudience({ ...base, params: made })
  const idsOf = async (deleted: 'true' | 'false') =>
    (await handlers.adAudiences({ ...base, query: { deleted } })).items.map((one) => one.id)
  expect(await idsOf('false')).toEqual(['cart'])
  expect(await idsOf('true')).toEqual(['spring-2026'])
  await expect(handlers.setAdAudience({ ...base, params: made, body: { name: 'Spring', topic: null } })).rejects.toThrow(
    'There is no ad audience "spring-2026"',
  )
  await expect(handlers.adAudience({ ...base, params: { id: 'nothing' } })).rejects.toThrow('There is no ad audience "nothing"')
})

test('a deleted one comes back with its people and without its address, unless its list is gone or its name taken', async () => {
  await make()
  const made = await make({ id: undefined, name: 'Spring' })
  await handlers.linkAdAudience({ ...base, params: made })
  await handlers.deleteAdAudience({ ...base, params: made })
  expect(await handlers.adAudience({ ...base, params: made })).toMatchObject({ deletedAt: expect.any(Number) as unknown, linkedAt: null })
  await expect(handlers.linkAdAudience({ ...base, params: made })).rejects.toThrow('There is no ad audience')
  const restore = () => handlers.restoreAdAudience({ ...base, params: made })
  await database.pool.query('update lists set deleted_at = 1 where id = $1', [made.list])
  await expect(restore()).rejects.toMatchObject({ code: 'audience_people_gone' })
  await database.pool.query('update lists set deleted_at = null')
  const other = await make({ id: undefined, name: 'Spring' })
  await expect(restore()).rejects.toMatchObject({ code: 'audience_name_taken' })
  await handlers.setAdAudience({ ...base, params: other, body: { name: 'Summer', topic: null } })
  expect(await restore()).toMatchObject({ id: made.id, list: made.list, linkedAt: null, deletedAt: null })
  expect(await restore()).toMatchObject({ id: made.id })
  await expect(handlers.restoreAdAudience({ ...base, params: { id: 'nothing' } })).rejects.toThrow('There is no ad audience "nothing"')
})

test('whoever is being forgotten is told to no platform, also before their worker has come to them', async () => {
  const people = [await person('stays@shop.example'), await person('goes@shop.example')]
  for (const segment of ['buyers', null]) {
    await database.pool.query('delete from ad_audiences; delete from forgotten_profiles')
    await make({ segment })
    for (const one of people) {
      await hear(one, segment === null ? 'Cart Left' : 'Order Completed')
      await say(one, 'granted')
    }
    const lines = async () => (await file()).slice(1).map((line) => line.split(',')[0])
    expect(await lines()).toEqual(expect.arrayContaining([sha('stays@shop.example'), sha('goes@shop.example')]))
    await database.pool.query('insert into forgotten_profiles (profile_id, forget) values ($1::uuid, gen_random_uuid())', [people[1]])
    expect(await lines()).toContain(sha('stays@shop.example'))
    expect(await lines()).not.toContain(sha('goes@shop.example'))
  }
})
