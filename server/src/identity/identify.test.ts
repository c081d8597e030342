import type { Identifier } from '@throughline/contracts'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { withTransaction } from '../platform/postgres/index.ts'
import { bucketOf, identify, resolveProfile, resolveProfiles, unmerge, type IdentifyItem, type Unmerged } from './index.ts'
import { keyOf } from './keys.ts'
import { resolve, sortByStrength } from './resolve.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await makeTestDatabase({ max: 8 })
})
afterAll(() => db.drop())
afterEach(() => db.pool.query('delete from identifiers; delete from merges; delete from consents'))

const user = (value: string): Identifier => ({ kind: 'user_id', value })
const email = (value: string): Identifier => ({ kind: 'email', value })
const device = (value: string): Identifier => ({ kind: 'anonymous_id', value })

/** One transaction with no second try: a deadlock or a violated key would surface. */
async function identifyOnce(items: readonly IdentifyItem[]): Promise<readonly string[]> {
  return withTransaction(db.pool, async (client) => (await identify(client, items, Date.now())).profiles, { attempts: 1 })
}
async function undo(merge: string): Promise<Unmerged> {
  return withTransaction(db.pool, (client) => unmerge(client, merge, Date.now()), { attempts: 1 })
}
const one = async (...identifiers: Identifier[]): Promise<string> => (await identifyOnce([{ identifiers }]))[0]!

async function ownersNow(): Promise<Map<string, string>> {
  const { rows } = await db.pool.query<Identifier & { profile_id: string; [column: string]: string }>(
    'select kind, value, profile_id from identifiers',
  )
  return new Map(rows.map((row) => [keyOf(row), row.profile_id]))
}

/** Which identifiers are together, whatever the profile is called. */
function partitionOf(owners: ReadonlyMap<string, string>): string {
  const groups = new Map<string, string[]>()
  for (const [key, profile] of owners) groups.set(profile, [...(groups.get(profile) ?? []), key])
  return [...groups.values()]
    .map((keys) => keys.sort().join('+'))
    .sort()
    .join(' | ')
}

describe('identify', () => {
  it('gives the second user id with one e-mail address a profile of its own', async () => {
    const first = await one(user('abc123'), email('jane@example.com'))
    const second = await one(user('abc456'), email('jane@example.com'))
    expect(second).not.toBe(first)
    expect(await one(email('jane@example.com'))).toBe(first)
    expect(await one(user('abc456'))).toBe(second)
    expect((await db.pool.query('select from merges')).rowCount).toBe(0)
  })

  it('joins the history of a device to the person who signs in on it', async () => {
    const anonymous = await one(device('d1'))
    expect(await one(user('u1'), device('d1'))).toBe(anonymous)
    expect(await one(user('u1'), device('d2'))).toBe(anonymous)
    expect(await one(device('d2'))).toBe(anonymous)
  })

  it('merges two profiles that prove to be one into the earlier one, and leads the later id to it', async () => {
    const phone = await one(device('phone'))
    const laptop = await one(device('laptop'), user('u1'))
    expect(await one(user('u1'), device('phone'))).toBe(phone)
    expect(await one(device('laptop'))).toBe(phone)
    expect(await resolveProfile(db.pool, laptop)).toBe(phone)
    const { rows } = await db.pool.query('select winner, loser, moved, undone_at from merges')
    expect(rows).toEqual([{ winner: phone, loser: laptop, moved: expect.arrayContaining([user('u1'), device('laptop')]), undone_at: null }])
  })

  it('follows an alias from the anonymous id, and never joins two user ids by one', async () => {
    const before = await one(device('old'))
    const [joined] = await identifyOnce([{ identifiers: [user('u1')], previousId: 'old' }])
    expect(joined).toBe(before)
    const other = await one(user('u2'))
    const [refused] = await identifyOnce([{ identifiers: [user('u1')], previousId: 'u2' }])
    expect(refused).toBe(before)
    expect(await one(user('u2'))).toBe(other)
  })

  it('keeps people apart who share one device, each after the other', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, (_, n) => one(user(`u${n}`), device('kiosk'))))
    expect(new Set(people).size).toBe(20)
  })

  it('resolves a whole group in order, in one transaction', async () => {
    const profiles = await identifyOnce([
      { identifiers: [device('a')] },
      { identifiers: [device('b')] },
      { identifiers: [user('u'), device('a')] },
      { identifiers: [user('u'), device('b')] },
      { identifiers: [user('v'), device('a')] },
    ])
    expect(new Set(profiles.slice(0, 4)).size).toBe(1)
    expect(profiles[4]).not.toBe(profiles[0])
    expect((await db.pool.query('select from merges')).rowCount).toBe(0)
  })

  it('gives back identifiers when a merge is undone, once', async () => {
    const phone = await one(device('phone'))
    const laptop = await one(device('laptop'), user('u1'))
    await one(user('u1'), device('phone'))
    const { rows } = await db.pool.query<{ id: string }>('select id from merges')
    expect(await undo(rows[0]!.id)).toEqual({ merge: rows[0]!.id, loser: laptop, winner: phone })
    expect(await one(device('laptop'))).toBe(laptop)
    expect(await one(user('u1'))).toBe(laptop)
    expect(await one(device('phone'))).toBe(phone)
    expect(await resolveProfile(db.pool, laptop)).toBe(laptop)
    await expect(undo(rows[0]!.id)).rejects.toMatchObject({ code: 'merge_undone' })
    await expect(undo('no such merge')).rejects.toMatchObject({ code: 'merge_unknown' })
  })

  it('has those who get an address back told what stands of it, also when that is nothing any more', async () => {
    await one(device('phone'))
    await one(device('laptop'), user('u1'), email('lap@shop.example'))
    await one(user('u1'), device('phone'))
    await db.pool.query('delete from address_changes')
    const { rows } = await db.pool.query<{ id: string }>('select id from merges')
    await undo(rows[0]!.id)
    expect((await db.pool.query('select channel, address from address_changes order by channel')).rows).toEqual([
      { channel: 'ad-audience', address: 'lap@shop.example' },
      { channel: 'email', address: 'lap@shop.example' },
    ])
  })

  it('gives identifiers back from where the winner has been merged since', async () => {
    const first = await one(device('first'))
    const second = await one(device('second'))
    const third = await one(device('third'), user('u'))
    await one(user('u'), device('second'))
    await one(user('u'), device('first'))
    expect((await resolveProfiles(db.pool, [second, third])).get(third)).toBe(first)
    const { rows } = await db.pool.query<{ id: string }>('select id from merges where loser = $1::uuid', [third])
    const undone = await undo(rows[0]!.id)
    expect(undone.winner).toBe(first)
    expect(await one(device('third'))).toBe(third)
    expect(await one(device('second'))).toBe(first)
  })

  it('holds thousands of people with new ids in one group', async () => {
    const profiles = await identifyOnce(
      Array.from({ length: 2_500 }, (_, n) => ({ identifiers: [user(`u${n}`), device(`d${n}`), email(`p${n}@shop.example`)] })),
    )
    expect(new Set(profiles).size).toBe(2_500)
    const again = await identifyOnce(Array.from({ length: 2_500 }, (_, n) => ({ identifiers: [user(`u${n}`), device(`new-${n}`)] })))
    expect(again).toEqual(profiles)
  })

  it('spreads identifiers over all buckets', () => {
    const counts = new Map<number, number>()
    for (let n = 0; n < 6_400; n++) {
      const bucket = bucketOf('anonymous_id', randomUUID())
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
    }
    expect(counts.size).toBe(64)
    expect(Math.max(...counts.values())).toBeLessThan(200)
  })
})

// Few values, so that events collide all the time.
const eventArbitrary = fc
  .tuple(
    fc.option(fc.constantFrom('u1', 'u2', 'u3')),
    fc.option(fc.constantFrom('e1', 'e2')),
    fc.subarray(['d1', 'd2', 'd3', 'd4'], { maxLength: 2 }),
  )
  .map(([userId, address, devices]) => [...(userId ? [user(userId)] : []), ...(address ? [email(address)] : []), ...devices.map(device)])
  .filter((identifiers) => identifiers.length > 0)

describe('identify, with several connections at once', () => {
  it('leaves the identifiers together as some order one after the other would', async () => {
    const property = fc.asyncProperty(fc.array(eventArbitrary, { minLength: 2, maxLength: 5 }), async (events) => {
      await db.pool.query('delete from identifiers; delete from merges; delete from consents')
      await Promise.all(events.map((identifiers) => identifyOnce([{ identifiers }])))
      const found = partitionOf(await ownersNow())
      expect(serialPartitions(events)).toContain(found)
    })
    await fc.assert(property, { numRuns: 80 })
  })

  it('keeps its promises for groups of any make-up', async () => {
    const groups = fc.array(fc.array(eventArbitrary, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 16 })
    const property = fc.asyncProperty(groups, async (all) => {
      await db.pool.query('delete from identifiers; delete from merges; delete from consents')
      const results = await Promise.all(all.map(async (group) => identifyOnce(group.map((identifiers) => ({ identifiers })))))
      const owners = await ownersNow()
      const roots = await resolveProfiles(db.pool, results.flat())
      expectNoTwoUserIds(owners)
      await expectLedgerLeadsToEarliest(owners)
      all.forEach((group, g) =>
        group.forEach((identifiers, i) => {
          // The strongest identifier of an event is where the event is, to this day.
          const [strongest] = sortByStrength(identifiers)
          expect(owners.get(keyOf(strongest!))).toBe(roots.get(results[g]![i]!))
        }),
      )
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it('undoes merges while others go on', async () => {
    for (let round = 0; round < 15; round++) {
      await db.pool.query('delete from identifiers; delete from merges; delete from consents')
      await one(device('d1'))
      await one(device('d2'), user('u1'))
      await one(user('u1'), device('d1'))
      const { rows } = await db.pool.query<{ id: string }>('select id from merges')
      await Promise.all([
        undo(rows[0]!.id),
        one(user('u1'), device('d3')),
        one(device('d2'), device('d4')),
        one(user('u2'), device('d1')),
        one(user('u1'), device('d2')),
      ])
      const owners = await ownersNow()
      expectNoTwoUserIds(owners)
      expect(owners.get('user_id:u1')).toBe(owners.get('anonymous_id:d2'))
      await expectLedgerLeadsToEarliest(owners)
    }
  })
})

function expectNoTwoUserIds(owners: ReadonlyMap<string, string>): void {
  const users = [...owners].filter(([key]) => key.startsWith('user_id:')).map(([, profile]) => profile)
  expect(new Set(users).size).toBe(users.length)
}

async function expectLedgerLeadsToEarliest(owners: ReadonlyMap<string, string>): Promise<void> {
  const { rows } = await db.pool.query<{ winner: string; loser: string }>('select winner, loser from merges where undone_at is null')
  const living = new Set(owners.values())
  const roots = await resolveProfiles(
    db.pool,
    rows.map(({ loser }) => loser),
  )
  expect(new Set(rows.map(({ loser }) => loser)).size).toBe(rows.length)
  for (const { winner, loser } of rows) {
    expect(winner < loser).toBe(true)
    expect(living.has(loser)).toBe(false)
    expect(living.has(roots.get(loser)!)).toBe(true)
  }
}

function serialPartitions(events: readonly Identifier[][]): Set<string> {
  return new Set(
    permutations(events).map((order) => {
      let owners = new Map<string, string>()
      let made = 0
      for (const identifiers of order) {
        const members = new Map<string, string[]>()
        for (const [key, profile] of owners) members.set(profile, [...(members.get(profile) ?? []), key])
        const { added, moved } = resolve(
          [sortByStrength(identifiers)],
          { owners, members },
          () => `p${String(++made).padStart(3, '0')}`,
          () => 'm',
        )
        owners = new Map([...owners, ...added].map(([key, profile]) => [key, moved.get(profile) ?? profile]))
      }
      return partitionOf(owners)
    }),
  )
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) => permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]))
}
