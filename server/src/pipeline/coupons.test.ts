import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { shardOf, type Person } from '@throughline/contracts'
import { until } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { countFree, giveCodes, makeCouponHandlers, redeemCodes, tryAside, type GiveDeps } from '../coupons/index.ts'
import { tellStepAnswers } from '../journeys/index.ts'
import { makeSecrets } from '../platform/secrets/index.ts'
import { planMails } from '../staff-mail/plan.ts'
import { sweep } from './erase/places.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, untilTaken } from './test/harness.ts'
import type { Worker } from './worker.ts'

const secrets = makeSecrets(Buffer.alloc(32, 7))
let database: TestDatabase
let worker: Worker
let deps: GiveDeps
let handlers: ReturnType<typeof makeCouponHandlers>

beforeAll(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
  await worker.start()
  deps = { pool: database.pool, secrets, settings: async () => ({ zone: 'UTC' }), tell: tellStepAnswers }
  handlers = makeCouponHandlers({
    pool: database.pool,
    secrets,
    findPeople: async (ids) => new Map(ids.map((id) => [id, { id } as Person])),
  })
  const journey = (id: string, event: string, per: 'person' | 'run', pool = 'spring') => ({
    kind: 'journey',
    id,
    name: id,
    entry: { on: { event }, reentry: { kind: 'always' } },
    start: 'gift',
    exitOn: [{ event: 'Gone' }],
    steps: {
      gift: { kind: 'coupon', pool, per, next: 'told' },
      told: { kind: 'send-event', event: 'Told', properties: { code: { answer: 'gift.code' }, value: { answer: 'gift.value' } } },
    },
  })
  await publish(
    database.pool,
    journey('one', 'Asked', 'person'),
    journey('two', 'Asked Too', 'person'),
    journey('each', 'Asked Again', 'run'),
    journey('other', 'Asked Nobody', 'person', 'no-such-pool'),
  )
  await untilTaken(database.pool)
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
})

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
const spring = { name: 'Spring', value: '10 % off', expires: null, alertAt: 2, alertTo: ['ann@shop.example', 'ben@shop.example'] }
const id = { id: 'spring' }
const add = (text: string | Buffer, params = id) =>
  handlers.addCodes({
    ...base,
    params,
    upload: (async function* () {
      yield Buffer.from(text)
    })(),
  })
const pool = () => handlers.couponPool({ ...base, params: id })
const given = async () => (await handlers.givenCodes({ ...base, params: id, query: { limit: 200 } })).items

beforeEach(async () => {
  await database.pool.query(
    `delete from coupon_codes; delete from coupon_codes_aside; delete from coupon_pool_counts; delete from coupon_requests;
     delete from coupon_pools; delete from coupon_pool_alerts`,
  )
  await handlers.createCouponPool({ ...base, body: { ...spring, id: 'spring' } })
  await database.pool.query('delete from audit_log; delete from staff_mails')
})

const hear = async (profileId: string, ...names: string[]) => {
  for (const name of names) await append(database.pool, [{ profileId, name }])
  await untilTaken(database.pool)
}
const give = async (what: GiveDeps = deps) => {
  while (await giveCodes(what));
  await untilTaken(database.pool)
}
const told = async (profileId: string) =>
  (await readFacts(database.pool, profileId)).flatMap(({ name, properties: { journey: _, step: __, ...said } }) =>
    name === 'Told' ? [said['code']] : name === 'Coupon Taken' && said['ok'] === false ? [said['reason']] : [],
  )
const codes = (count: number) => Array.from({ length: count }, (_, n) => `CODE-${String(n).padStart(4, '0')}`).join('\n')

test('codes are added from a list or a column, and every line without a new code is refused by its number', async () => {
  expect(await add('\uFEFFA-1\r\nB-2\n\nA-1\nC 3\n')).toEqual({
    added: 2,
    refused: 2,
    problems: [
      { line: 4, reason: 'The same code stands on line 1.' },
      { line: 5, reason: 'A code has no blanks and no control characters.' },
    ],
  })
  expect(await add('id;Coupon Code\n1;A-1\n2;D-4\n3;\n')).toEqual({
    added: 1,
    refused: 2,
    problems: [
      { line: 2, reason: 'The pool has this code already.' },
      { line: 4, reason: 'There is no code on it.' },
    ],
  })
  await expect(add(`E-5\n"${'x'.repeat(20_000)}`)).rejects.toThrow('cannot be read to the end')
  const many = await add(codes(2_500))
  expect(many.added).toBe(2_500)
  const { rows } = await database.pool.query<{ code: Buffer }>('select code from coupon_codes')
  expect(rows.some(({ code }) => code.includes('CODE') || code.includes('A-1'))).toBe(false)
  expect(await handlers.removeFreeCodes({ ...base, params: id })).toEqual({ removed: rows.length })
})

test('a thousand who ask at once get a thousand codes, nobody two and none twice, also when who gives them is killed on the way', async () => {
  await add(codes(1_000))
  const people = Array.from({ length: 1_000 }, () => makeProfileId())
  // Every fifth asks in two journeys at once.
  await append(
    database.pool,
    people.flatMap((profileId, n) => [{ profileId, name: 'Asked' }, ...(n % 5 === 0 ? [{ profileId, name: 'Asked Too' }] : [])]),
  )
  await untilTaken(database.pool)
  expect((await database.pool.query('select from coupon_requests')).rowCount).toBe(1_200)
  const killed = { ...deps, tell: async () => Promise.reject(new Error('killed')) }
  await expect(giveCodes(killed)).rejects.toThrow('killed')
  expect(await pool()).toMatchObject({ free: 1_000, given: 0 })
  const dying = Array.from({ length: 4 }, () => giveCodes(killed).catch(() => true))
  await Promise.all([...dying, ...Array.from({ length: 4 }, () => give())])
  await give()
  await untilTaken(database.pool)
  expect(await pool()).toMatchObject({ free: 0, given: 1_000, lowSince: expect.any(Number) as unknown })
  const { rows } = await database.pool.query<{ profile_id: string; code: string }>(
    `select profile_id, properties::json ->> 'code' as code from inbox where name = 'Told' and profile_id = any($1::uuid[])`,
    [people],
  )
  expect(rows).toHaveLength(1_200)
  const byPerson = new Map<string, Set<string>>()
  for (const { profile_id: person, code } of rows) byPerson.set(person, (byPerson.get(person) ?? new Set()).add(code))
  expect(byPerson.size).toBe(1_000)
  expect([...byPerson.values()].every((one) => one.size === 1)).toBe(true)
  expect(new Set(rows.map(({ code }) => code)).size).toBe(1_000)
})

test('somebody keeps their code or gets one each time, and an empty, expired or missing pool is a reason', async () => {
  const [ann, ben] = [makeProfileId(), makeProfileId()]
  await hear(ann, 'Asked', 'Asked Nobody')
  await give()
  expect(await told(ann)).toEqual(expect.arrayContaining(['the pool "Spring" is empty', 'there is no pool "no-such-pool"']))
  await add('A-1\nB-2\nC-3')
  await hear(ben, 'Asked', 'Asked Too')
  await give()
  await hear(ben, 'Asked', 'Asked Again')
  await give()
  expect((await told(ben)).toSorted()).toEqual(['A-1', 'A-1', 'A-1', 'B-2'])
  await handlers.setCouponPool({ ...base, params: id, body: { ...spring, expires: '2020-02-29' } })
  await hear(ann, 'Asked')
  await give()
  expect(await told(ann)).toContain('the codes of "Spring" were good until 2020-02-29')
  expect(await countFree(database.pool, ['spring', 'no-such-pool'])).toEqual(new Map([['spring', 1]]))
})

test('who waits no more takes no code, and who was merged meanwhile has the code of either', async () => {
  await add('A-1\nB-2\nC-3')
  const [over, winner, loser] = [makeProfileId(), makeProfileId(5), makeProfileId(6)]
  await hear(over, 'Asked', 'Gone')
  await give()
  expect(await pool()).toMatchObject({ free: 3 })
  await hear(loser, 'Asked')
  await give()
  await database.pool.query(
    `insert into merges (id, winner, loser, at, reason, moved) values (gen_random_uuid(), $1, $2, 0, 'test', '[]')`,
    [winner, loser],
  )
  await hear(loser, 'Asked')
  await append(database.pool, [{ profileId: loser, type: 'control', name: 'merge-out', properties: { merge: 'm1', winner } }])
  await untilTaken(database.pool)
  await give()
  expect(await told(winner)).toEqual(['A-1'])
  expect(await pool()).toMatchObject({ free: 2, given: 1 })
  expect(await given()).toMatchObject([{ code: '…1', person: { id: winner }, journey: 'one', redeemedAt: null }])
})

test('a code that an order carries is redeemed, given no more, and nobody’s once the person is forgotten', async () => {
  await add('A-1\nB-2\nC-3')
  const ann = makeProfileId()
  await hear(ann, 'Asked')
  await give()
  await append(database.pool, [
    { profileId: ann, name: 'Order Completed', properties: { coupon: ['A-1', 'B-2'], order_id: 'o1' } },
    { profileId: ann, name: 'Order Completed', properties: { coupon: 'other', order_id: 'o2' } },
  ])
  await untilTaken(database.pool)
  expect(await redeemCodes(database.pool, secrets)).toBe(false)
  expect(await pool()).toMatchObject({ free: 1, given: 1, redeemed: 2 })
  expect((await database.pool.query('select from coupon_uses')).rowCount).toBe(0)
  await hear(ann, 'Asked')
  await give()
  expect(await told(ann)).toEqual(['A-1', 'their code of "Spring" was redeemed already'])
  await hear(ann, 'Asked')
  await sweep(database.pool, { profiles: [ann], identifiers: [] } as never)
  await until(
    async () => (await database.pool.query('select from coupon_requests where shard = $1', [shardOf(ann)])).rowCount,
    (left) => left === 0,
  )
  expect(await given()).toMatchObject([{ person: null }])
  expect((await database.pool.query('select from coupon_codes where profile_id is not null or run_id is not null')).rowCount).toBe(0)
})

test('two who add the same codes at once, in another order, add each once between them', async () => {
  const list = codes(20_000)
  const both = await Promise.all([add(list), add(list.split('\n').toReversed().join('\n'))])
  expect(both.reduce((sum, { added }) => sum + added, 0)).toBe(20_000)
  expect(both.reduce((sum, { refused }) => sum + refused, 0)).toBe(20_000)
})

const notes = async () =>
  (await database.pool.query('select subject, after from audit_log where actor = $1 order by id', ['Throughline'])).rows

test('staff are told that a pool runs low although the first try was broken off', async () => {
  await add('A-1\nB-2\nC-3')
  const raise = () => handlers.setCouponPool({ ...base, params: id, body: { ...spring, alertAt: 3 } })
  await database.pool.query(`alter table audit_log add constraint poison check (actor <> 'Throughline')`)
  await expect(raise()).rejects.toThrow('poison')
  await database.pool.query('alter table audit_log drop constraint poison')
  await raise()
  expect(await notes()).toEqual([{ subject: 'spring', after: { pool: 'Spring', alertAt: 3 } }])
})

test('staff are told once that a pool runs low, and again after it was filled', async () => {
  await add('A-1\nB-2\nC-3')
  expect(await notes()).toEqual([])
  for (let n = 0; n < 2; n++) {
    await hear(makeProfileId(), 'Asked')
    await give()
  }
  expect(await notes()).toEqual([{ subject: 'spring', after: { pool: 'Spring', alertAt: 2 } }])
  const mails = async () => (await database.pool.query('select address, subject from staff_mails order by address')).rows
  const subject = '“Spring” runs low: 2 codes or fewer are left'
  expect(await mails()).toEqual([
    { address: 'ann@shop.example', subject },
    { address: 'ben@shop.example', subject },
  ])
  await add('D-4\nE-5')
  expect(await pool()).toMatchObject({ lowSince: null, free: 3 })
  await hear(makeProfileId(), 'Asked')
  await give()
  // Those of the first time had not gone out when codes were added.
  expect(await mails()).toHaveLength(2)
  expect(await notes()).toHaveLength(2)
})

test('a pool without any codes is told as low at once, by mail only if none are added for a while', async () => {
  const made = await handlers.createCouponPool({ ...base, body: { ...spring, name: 'Bare' } })
  expect(made).toMatchObject({ free: 0, lowSince: expect.any(Number) as unknown })
  expect(await notes()).toEqual([{ subject: 'bare', after: { pool: 'Bare', alertAt: 2 } }])
  const mails = async () => (await database.pool.query('select subject from staff_mails where mail_id is not null')).rows
  await planMails(database.pool, Date.now())
  expect(await mails()).toEqual([])
  await planMails(database.pool, Date.now() + 601_000)
  expect(await mails()).toEqual(Array.from({ length: 2 }, () => ({ subject: '“Bare” has no codes yet' })))
  await handlers.createCouponPool({ ...base, body: { ...spring, name: 'Filled', id: 'filled' } })
  await add('A-1\nB-2\nC-3', { id: 'filled' })
  await planMails(database.pool, Date.now() + 601_000)
  expect(await mails()).toHaveLength(2)
  const calm = await handlers.createCouponPool({ ...base, body: { ...spring, name: 'Calm', alertAt: null } })
  expect(calm.lowSince).toBeNull()
})

test('orders that use up the last codes are told of at once, also of a pool that names no number', async () => {
  await handlers.setCouponPool({ ...base, params: id, body: { ...spring, alertAt: null } })
  await add('A-1\nB-2')
  const order = async (coupon: string) => {
    await append(database.pool, [{ profileId: makeProfileId(), name: 'Order Completed', properties: { coupon, order_id: coupon } }])
    await untilTaken(database.pool)
    await redeemCodes(database.pool, secrets)
  }
  await order('A-1')
  expect(await pool()).toMatchObject({ free: 1, lowSince: null })
  await order('B-2')
  expect(await pool()).toMatchObject({ free: 0, lowSince: expect.any(Number) as unknown })
  expect(await notes()).toEqual([{ subject: 'spring', after: { pool: 'Spring', alertAt: null } }])
  const { rows } = await database.pool.query('select distinct subject from staff_mails')
  expect(rows).toEqual([{ subject: 'The codes of “Spring” are used up' }])
})

test('whoever asks a pool that never had codes and names no number makes that known', async () => {
  await handlers.setCouponPool({ ...base, params: id, body: { ...spring, alertAt: 1 } })
  await database.pool.query(`update coupon_pools set alert_at = null, low_since = null; delete from audit_log; delete from staff_mails`)
  await hear(makeProfileId(), 'Asked')
  await give()
  expect(await pool()).toMatchObject({ lowSince: expect.any(Number) as unknown })
  expect(await notes()).toHaveLength(1)
})

const damage = (which: string) =>
  database.pool.query('update coupon_codes set code = code || code where hash = any($1::bytea[])', [
    which.split(' ').map((code) => secrets.hmac('coupon', code)),
  ])

test('a code that cannot be opened is put aside alone and told, and everybody else gets theirs', async () => {
  await add('A-1\nB-2\nC-3\nD-4\nE-5\nF-6')
  await damage('A-1 C-3')
  const [ann, ben, cem] = [makeProfileId(), makeProfileId(), makeProfileId()]
  for (const person of [ann, ben, cem]) await append(database.pool, [{ profileId: person, name: 'Asked' }])
  await untilTaken(database.pool)
  await give()
  expect((await Promise.all([ann, ben, cem].map(told))).flat().toSorted()).toEqual(['B-2', 'D-4', 'E-5'])
  expect(await pool()).toMatchObject({ free: 1, given: 3, unreadable: 2, lowSince: expect.any(Number) as unknown })
  expect(await notes()).toContainEqual({ subject: 'spring', after: { pool: 'Spring', codes: 2 } })
  const { rows: mails } = await database.pool.query(`select address from staff_mails where subject = 'Codes of “Spring” cannot be opened'`)
  expect(mails).toHaveLength(2)
  // Whose own code does not open any more hears so, and it is shown to whoever looks at the pool.
  await damage('D-4')
  const holder = (await Promise.all([ann, ben, cem].map(async (one) => ({ one, codes: await told(one) })))).find(
    ({ codes: [code] }) => code === 'D-4',
  )!
  await hear(holder.one, 'Asked')
  await give()
  expect(await told(holder.one)).toEqual(['D-4', 'their code of "Spring" cannot be opened'])
  expect((await given()).map(({ code }) => code)).toContain('cannot be opened')
  // Added again it is given; what was only sealed under another key comes back by itself.
  expect(await add('A-1')).toMatchObject({ added: 1 })
  expect(await pool()).toMatchObject({ free: 2, unreadable: 1 })
  expect(await tryAside(database.pool, secrets)).toBe(0)
  await database.pool.query('update coupon_codes_aside set code = $1', [secrets.encrypt('C-3')])
  expect(await tryAside(database.pool, secrets)).toBe(1)
  expect(await pool()).toMatchObject({ free: 3, unreadable: 0, lowSince: null })
})

test('under another secret key the people wait behind all that does not open, and the codes added since are given', async () => {
  await add(codes(2_300))
  const other = makeSecrets(Buffer.alloc(32, 8))
  const later = makeCouponHandlers({ pool: database.pool, secrets: other, findPeople: async () => new Map() })
  await later.addCodes({
    ...base,
    params: id,
    upload: (async function* () {
      yield Buffer.from('NEW-1')
    })(),
  })
  const ann = makeProfileId()
  await hear(ann, 'Asked')
  await expect
    .poll(async () => {
      await give({ ...deps, secrets: other })
      return told(ann)
    })
    .toEqual(['NEW-1'])
  expect(await pool()).toMatchObject({ free: 0, given: 1, unreadable: 2_300 })
  expect(await tryAside(database.pool, secrets)).toBe(2_300)
  expect(await pool()).toMatchObject({ free: 2_300, unreadable: 0 })
})

test('the counts that are kept are those of the codes, whatever came in between', async () => {
  await add(codes(300))
  await add(codes(310))
  await damage('CODE-0003 CODE-0004')
  const people = Array.from({ length: 40 }, () => makeProfileId())
  await append(
    database.pool,
    people.flatMap((profileId) => [
      { profileId, name: 'Asked' },
      {
        profileId,
        name: 'Order Completed',
        properties: { coupon: [`CODE-0${200 + (people.indexOf(profileId) % 9)}`, 'CODE-0001'], order_id: profileId },
      },
    ]),
  )
  await untilTaken(database.pool)
  await Promise.all([give(), redeemCodes(database.pool, secrets), redeemCodes(database.pool, secrets), add(codes(320)), give()])
  await redeemCodes(database.pool, secrets)
  const { rows } = await database.pool.query<Record<'free' | 'given' | 'redeemed' | 'unreadable' | 'codes', number>>(
    `select count(*) filter (where given_at is null and redeemed_at is null) as free, count(given_at) as given, count(redeemed_at) as redeemed,
       (select count(*) from coupon_codes_aside) as unreadable, count(*) as codes from coupon_codes`,
  )
  const { codes: left, ...counted } = rows[0]!
  expect(counted).toMatchObject({ given: 40, redeemed: 10 })
  expect(await pool()).toMatchObject(counted)
  // The two that do not open stay aside, unless they were put there before the codes were added again, which replaces them.
  expect([0, 2]).toContain(counted.unreadable)
  expect(left + counted.unreadable).toBe(320)
  expect(await handlers.removeFreeCodes({ ...base, params: id })).toEqual({ removed: counted.free + counted.unreadable })
  expect(await pool()).toMatchObject({ free: 0, given: 40, redeemed: 10, unreadable: 0 })
})

test('a pool in use stays, a deleted one comes back, and names and ids are given once', async () => {
  await expect(handlers.deleteCouponPool({ ...base, params: id })).rejects.toThrow(
    'the journey "each", the journey "one", the journey "two"',
  )
  await expect(handlers.createCouponPool({ ...base, body: spring })).rejects.toThrow('named "Spring" already')
  await expect(handlers.createCouponPool({ ...base, body: { ...spring, name: 'New', id: 'spring' } })).rejects.toThrow('never given twice')
  const made = await handlers.createCouponPool({ ...base, body: { ...spring, name: 'Autumn 2026' } })
  expect(made).toMatchObject({ id: 'autumn-2026', free: 0, given: 0, redeemed: 0 })
  await handlers.deleteCouponPool({ ...base, params: made })
  await expect(handlers.setCouponPool({ ...base, params: made, body: spring })).rejects.toThrow('was deleted')
  expect((await handlers.couponPools({ ...base, query: { deleted: 'false' } })).items.map((one) => one.id)).toEqual(['spring'])
  await handlers.restoreCouponPool({ ...base, params: made })
  expect((await handlers.couponPools({ ...base, query: { deleted: 'false' } })).items.map((one) => one.id)).toEqual([
    'autumn-2026',
    'spring',
  ])
  await expect(handlers.couponPool({ ...base, params: { id: 'nothing' } })).rejects.toThrow('There is no pool of codes "nothing"')
})
