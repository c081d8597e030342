import { lanes, type Identifier } from '@throughline/contracts'
import { randomUUID } from 'node:crypto'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeSilentLog } from '../platform/log/index.ts'
import { makeAccepter, type AcceptEvent, type Accepter } from './index.ts'

let db: TestDatabase
let accepter: Accepter
beforeAll(async () => {
  db = await makeTestDatabase()
  accepter = makeAccepter({ pool: db.pool, log: makeSilentLog(), metrics: new Registry() })
})
afterAll(async () => {
  await accepter.close()
  await db.drop()
})

const device = (value: string): Identifier => ({ kind: 'anonymous_id', value })

function makeEvent(values: Partial<AcceptEvent> = {}): AcceptEvent {
  const now = Date.now()
  return {
    source: 'web',
    messageId: randomUUID(),
    type: 'track',
    name: 'Product Viewed',
    timestamp: now,
    dedupeAt: now,
    properties: { sku: 'A-1' },
    context: {},
    lane: lanes.live,
    triggers: true,
    who: { identifiers: [device(randomUUID())] },
    ...values,
  }
}

async function inboxOf(eventId: string): Promise<Record<string, unknown>[]> {
  return (await db.pool.query('select * from inbox where event_id = $1::text', [eventId])).rows
}

describe('makeAccepter', () => {
  it('stores an event once, whatever its sender repeats', async () => {
    const event = makeEvent()
    const [first] = await accepter.accept([event])
    const [again, twice] = await accepter.accept([event, { ...event, timestamp: event.timestamp + 5 }])
    expect([first!.kind, again!.kind, twice!.kind]).toEqual(['accepted', 'duplicate', 'duplicate'])
    const rows = await inboxOf(`web:${event.messageId}`)
    expect(rows).toEqual([expect.objectContaining({ name: 'Product Viewed', properties: '{"sku":"A-1"}', triggers: true, lane: 0 })])
  })

  it('keeps the order in which calls came, although groups are prepared side by side', async () => {
    const person = device(randomUUID())
    const calls = Array.from({ length: 40 }, (_, n) => {
      const own = makeEvent({ name: `Step ${n}`, who: { identifiers: [person] } })
      // Now and then a call whose group has to begin again: a repeated event, one that cannot be stored.
      return [own, ...(n % 7 === 3 ? [own] : []), ...(n % 9 === 5 ? [makeEvent({ name: 'Bad \u0000 name' })] : [])]
    })
    const again = calls[3]!
    const answers: Promise<unknown>[] = []
    for (const [n, call] of calls.entries()) {
      answers.push(accepter.accept(call))
      if (n > 3 && Math.random() < 0.3) answers.push(accepter.accept(again))
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3))
    }
    await Promise.all(answers)
    const { rows } = await db.pool.query<{ name: string }>(
      `select name from inbox where name like 'Step %' and profile_id = (select profile_id from identifiers where value = $1::text) order by seq`,
      [person.value],
    )
    expect(rows.map(({ name }) => name)).toEqual(calls.map((_, n) => `Step ${n}`))
  })

  it('stores an event once that comes in many calls at the same moment, also through two accepters', async () => {
    const other = makeAccepter({ pool: db.pool, log: makeSilentLog(), metrics: new Registry() })
    const events = Array.from({ length: 20 }, () => makeEvent())
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, n))
        return (n % 2 ? other : accepter).accept(n % 3 ? events : events.toReversed())
      }),
    )
    await other.close()
    expect(outcomes.flat().filter(({ kind }) => kind === 'accepted')).toHaveLength(20)
    const { rows } = await db.pool.query('select event_id from inbox where event_id = any($1::text[])', [
      events.map(({ messageId }) => `web:${messageId}`),
    ])
    expect(rows).toHaveLength(20)
  })

  it('finds the first try of the day before when the sender gives no instant that stays the same', async () => {
    const midnight = 20_000 * 86_400_000
    const event = makeEvent({ dedupeAt: undefined, timestamp: midnight - 1 })
    const [first] = await accepter.accept([event])
    const [again] = await accepter.accept([{ ...event, timestamp: midnight + 1 }])
    expect([first!.kind, again!.kind]).toEqual(['accepted', 'duplicate'])
  })

  it('numbers each stream without a gap and in the order of its clock, with two accepters at once', async () => {
    const other = makeAccepter({ pool: db.pool, log: makeSilentLog(), metrics: new Registry() })
    const people = Array.from({ length: 30 }, () => device(randomUUID()))
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        (n % 2 ? other : accepter).accept([makeEvent({ who: { identifiers: [people[n % 30]!] }, lane: n % 3 ? lanes.live : lanes.bulk })]),
      ),
    )
    await other.close()
    const { rows } = await db.pool.query<{ gaps: number; backwards: number; wrong_heads: number }>(
      `with ordered as (
         select shard, lane, seq, received_at,
           lag(seq, 1, 0::int8) over w as previous, lag(received_at) over w as before
         from inbox window w as (partition by shard, lane order by seq)
       )
       select count(*) filter (where seq <> previous + 1) as gaps, count(*) filter (where received_at < before) as backwards,
         (select count(*) from shard_heads h where seq <> coalesce((select max(seq) from inbox i where i.shard = h.shard and i.lane = h.lane), 0)) as wrong_heads
       from ordered`,
    )
    expect(rows[0]).toEqual({ gaps: 0, backwards: 0, wrong_heads: 0 })
  })

  it('takes an event from the future as happening now and keeps what it said', async () => {
    const future = Date.now() + 86_400_000
    const event = makeEvent({ timestamp: future, context: { library: 'x' } })
    await accepter.accept([event])
    const [row] = await inboxOf(`web:${event.messageId}`)
    expect(row!.occurred_at).toBe(row!.received_at)
    expect(JSON.parse(String(row!.context))).toEqual({ library: 'x', original_timestamp: future })
  })

  it('refuses the one event that the database cannot store and takes its neighbours', async () => {
    const events = Array.from({ length: 9 }, (_, n) => makeEvent(n === 4 ? { name: 'Bad \u0000 name' } : {}))
    const outcomes = await accepter.accept(events)
    expect(outcomes.map(({ kind }) => kind)).toEqual([...Array(4).fill('accepted'), 'rejected', ...Array(4).fill('accepted')])
    const { rows } = await db.pool.query('select source, message_id, problems, raw from rejected_events where message_id = $1::text', [
      events[4]!.messageId,
    ])
    expect(rows).toEqual([expect.objectContaining({ source: 'web', problems: [expect.objectContaining({ field: 'event' })] })])
  })

  it('takes nothing of a group of which a row cannot be made, so that it can be sent again', async () => {
    const own = makeAccepter({ pool: db.pool, log: makeSilentLog(), metrics: new Registry() })
    const event = makeEvent()
    const broken = makeEvent({ timestamp: Infinity, dedupeAt: Date.now() })
    await expect(own.accept([event, broken])).rejects.toMatchObject({ code: 'accept_database_away' })
    await expect.poll(() => own.isAvailable()).toBe(true)
    expect((await own.accept([event]))[0]!.kind).toBe('accepted')
    expect(await inboxOf(`web:${event.messageId}`)).toHaveLength(1)
    await own.close()
  })

  it('writes a consent and the suppression of its address in the accepting transaction', async () => {
    const person = device(randomUUID())
    const [outcome] = await accepter.accept([
      makeEvent({
        source: 'throughline',
        name: 'Consent Changed',
        who: { identifiers: [person] },
        properties: { channel: 'email', state: 'withdrawn', source: 'unsubscribe-link', address: 'Jane@Shop.example' },
      }),
    ])
    const profileId = outcome!.kind === 'accepted' ? outcome!.profileId : ''
    const consents = await db.pool.query('select channel, topic, state, source, address from consents where profile_id = $1::uuid', [
      profileId,
    ])
    expect(consents.rows).toEqual([
      { channel: 'email', topic: '', state: 'withdrawn', source: 'unsubscribe-link', address: 'jane@shop.example' },
    ])
    const suppressed = await db.pool.query('select reason from suppressions where address = $1::text', ['jane@shop.example'])
    expect(suppressed.rows).toEqual([{ reason: 'unsubscribed' }])
    await accepter.accept([
      makeEvent({ name: 'Consent Changed', properties: { channel: 'email', state: 'withdrawn', address: 'victim@shop.example' } }),
    ])
    expect((await db.pool.query('select from suppressions where address = $1::text', ['victim@shop.example'])).rowCount).toBe(0)
    // What was said later stays, in whichever order it arrives.
    await accepter.accept([
      makeEvent({
        name: 'Consent Changed',
        timestamp: Date.now() - 60_000,
        who: { identifiers: [person] },
        properties: { channel: 'email', state: 'granted' },
      }),
    ])
    const after = await db.pool.query('select state from consents where profile_id = $1::uuid', [profileId])
    expect(after.rows).toEqual([{ state: 'withdrawn' }])
  })

  it('puts a merge into the ledger, tells the loser in its live lane, and copies withdrawals to the winner', async () => {
    const user: Identifier = { kind: 'user_id', value: randomUUID() }
    const tablet = device(randomUUID())
    const [early] = await accepter.accept([makeEvent({ who: { identifiers: [tablet] } })])
    const [late] = await accepter.accept([
      makeEvent({ name: 'Consent Changed', who: { identifiers: [user] }, properties: { channel: 'inbox', state: 'withdrawn' } }),
    ])
    const [joined] = await accepter.accept([makeEvent({ who: { identifiers: [user, tablet] } })])
    if (early?.kind !== 'accepted' || late?.kind !== 'accepted' || joined?.kind !== 'accepted') throw new Error('not accepted')
    expect(joined.profileId).toBe(early.profileId)
    const { rows } = await db.pool.query(
      `select profile_id, type, lane, properties from inbox where name = 'merge-out' and profile_id = $1::uuid`,
      [late.profileId],
    )
    expect(rows).toEqual([expect.objectContaining({ type: 'control', lane: 0 })])
    expect(JSON.parse(rows[0]!.properties)).toMatchObject({ winner: early.profileId })
    const consents = await db.pool.query('select channel, state from consents where profile_id = $1::uuid', [early.profileId])
    expect(consents.rows).toEqual([{ channel: 'inbox', state: 'withdrawn' }])
    // A consent said with the loser's id, from an old message's link, holds for the winner.
    await accepter.accept([
      makeEvent({ name: 'Consent Changed', who: { profileId: late.profileId }, properties: { channel: 'email', state: 'withdrawn' } }),
    ])
    const both = await db.pool.query('select channel from consents where profile_id = $1::uuid order by channel', [early.profileId])
    expect(both.rows).toEqual([{ channel: 'email' }, { channel: 'inbox' }])
  })

  it('tells listeners which shards got something', async () => {
    const heard: number[] = []
    const stop = accepter.onAccepted((shards) => heard.push(...shards))
    const [outcome] = await accepter.accept([makeEvent()])
    stop()
    await accepter.accept([makeEvent()])
    expect(heard).toEqual([Number.parseInt((outcome as { profileId: string }).profileId.slice(-2), 16) & 63])
  })

  it('finishes what it has taken when it is closed, and takes no more', async () => {
    const own = makeAccepter({ pool: db.pool, log: makeSilentLog(), metrics: new Registry() })
    const event = makeEvent()
    const taken = own.accept([event])
    await own.close()
    expect((await taken)[0]!.kind).toBe('accepted')
    await expect(own.accept([makeEvent()])).rejects.toMatchObject({ code: 'accept_stopping' })
  })

  it('says that the database is away, and accepts again when it is back', async () => {
    const own = await makeTestDatabase({ max: 2 })
    const lonely = makeAccepter({ pool: own.pool, log: makeSilentLog(), metrics: new Registry() })
    await lonely.accept([makeEvent()])
    const name = new URL(own.url).pathname.slice(1)
    await db.pool.query(`alter database ${name} with allow_connections false`)
    await db.pool.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1::text', [name])
    await expect(lonely.accept([makeEvent()])).rejects.toMatchObject({ code: 'accept_database_away' })
    expect(lonely.isAvailable()).toBe(false)
    await db.pool.query(`alter database ${name} with allow_connections true`)
    await expect.poll(() => lonely.isAvailable()).toBe(true)
    expect((await lonely.accept([makeEvent()]))[0]!.kind).toBe('accepted')
    await lonely.close()
    await own.drop()
  })
})
