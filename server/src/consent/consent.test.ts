import { eachChannel, shardOf } from '@throughline/contracts'
import { v7 } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { applyConsentChanges, copyWithdrawals, decideSend, mayTrack, readConsents, readPermissions, type ConsentChange } from './index.ts'

let database: TestDatabase
let pool: Pool
beforeAll(async () => {
  database = await makeTestDatabase()
  pool = database.pool
})
afterAll(() => database.drop())
beforeEach(async () => {
  await pool.query('truncate consents, suppressions')
})

const person = v7()
const shard = shardOf(person)
const settings = {
  consentDefaults: eachChannel(() => 'granted' as const),
  trackingDefault: 'granted',
  zone: 'UTC',
  locale: 'en',
} as const
const marketing = { channel: 'email', label: 'e-mail', purpose: 'marketing' } as const

function change(fields: Partial<ConsentChange> = {}): ConsentChange {
  return {
    shard,
    profileId: person,
    channel: 'email',
    topic: '',
    state: 'withdrawn',
    source: 'unsubscribe page',
    at: 100,
    address: 'Ann@Example.com',
    wording: null,
    history: false,
    trusted: true,
    ...fields,
  }
}

async function mayMail(): Promise<string> {
  const [permission] = await readPermissions(pool, [{ shard, profileId: person, channel: 'email', address: ' ann@example.COM' }])
  if (permission === undefined) throw new Error('no permission')
  const decision = decideSend(permission, marketing, settings)
  return decision.kind === 'send' ? 'send' : decision.rule
}

describe('an opt-out', () => {
  test('holds for the person and for the address, however it is spelled', async () => {
    await applyConsentChanges(pool, [change()])
    expect(await mayMail()).toBe('suppression')
    await pool.query('truncate consents')
    expect(await mayMail()).toBe('suppression')
  })

  test('is lifted by the person agreeing later, and not by what was said before', async () => {
    await applyConsentChanges(pool, [change()])
    await applyConsentChanges(pool, [change({ state: 'granted', at: 99 })])
    expect(await mayMail()).toBe('suppression')
    await applyConsentChanges(pool, [change({ state: 'granted', at: 101 })])
    expect(await mayMail()).toBe('send')
  })

  test('survives an import that says otherwise, whatever its time', async () => {
    await applyConsentChanges(pool, [change()])
    await applyConsentChanges(pool, [change({ state: 'granted', at: 1_000, history: true, trusted: true })])
    expect(await mayMail()).toBe('suppression')
    expect((await readConsents(pool, shard, person))[0]).toMatchObject({ state: 'withdrawn' })
  })

  test('by a public write key holds for its person, and neither suppresses an address nor lifts that', async () => {
    await applyConsentChanges(pool, [change({ trusted: false })])
    expect((await pool.query('select 1 from suppressions')).rowCount).toBe(0)
    expect(await mayMail()).toBe('consent')
    await applyConsentChanges(pool, [change({ at: 101 })])
    await applyConsentChanges(pool, [change({ state: 'granted', at: 102, trusted: false })])
    expect(await mayMail()).toBe('suppression')
  })

  test('survives a merge, and its survivor’s own later word is not lost', async () => {
    const winner = v7()
    const to = { shard: shardOf(winner), profileId: winner }
    await applyConsentChanges(pool, [
      change({ address: null }),
      change({ channel: 'tracking', at: 5, address: null }),
      change({ ...to, state: 'granted', at: 500, address: null }),
      change({ ...to, channel: 'inbox', state: 'granted', address: null }),
    ])
    await copyWithdrawals(pool, { shard, profileId: person }, to)
    expect((await readConsents(pool, to.shard, winner)).map((entry) => [entry.channel, entry.state])).toEqual([
      ['email', 'withdrawn'],
      ['inbox', 'granted'],
      ['tracking', 'withdrawn'],
    ])
  })

  test('wins when both are said at the same instant, in one call or in two', async () => {
    await applyConsentChanges(pool, [change({ state: 'granted', address: null }), change({ address: null })])
    expect(await mayMail()).toBe('consent')
    await applyConsentChanges(pool, [change({ state: 'granted', address: null })])
    expect(await mayMail()).toBe('consent')
  })

  test('leaves a dead address dead', async () => {
    await pool.query(`insert into suppressions values ('email', 'ann@example.com', 'bounced', 'provider', 1)`)
    await applyConsentChanges(pool, [change({ at: 2 }), change({ state: 'granted', at: 3 })])
    expect(await mayMail()).toBe('suppression')
  })
})

test('without a word, the default of the workspace decides, for channels and for tracking', () => {
  const nothing = { consent: null, tracking: null, suppression: null }
  expect(decideSend(nothing, marketing, settings)).toEqual({ kind: 'send' })
  expect(decideSend(nothing, marketing, { ...settings, consentDefaults: { ...settings.consentDefaults, email: 'withdrawn' } })).toEqual({
    kind: 'hold',
    rule: 'consent',
    reason: 'Held back: has not agreed to e-mail yet.',
  })
  expect(
    decideSend(
      nothing,
      { ...marketing, purpose: 'transactional' },
      { ...settings, consentDefaults: { ...settings.consentDefaults, email: 'withdrawn' } },
    ),
  ).toEqual({ kind: 'send' })
  expect(mayTrack(nothing, settings)).toBe(true)
  expect(mayTrack({ tracking: 'withdrawn' }, settings)).toBe(false)
  expect(mayTrack({ tracking: 'granted' }, { trackingDefault: 'withdrawn' })).toBe(true)
})
