import { generateKeyPairSync } from 'node:crypto'
import { shardOf } from '@throughline/contracts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeChannelWorld, settings, startSmtpSink, until, type ChannelWorld, type SmtpSink } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { applyConsentChanges } from '../../consent/index.ts'
import { listMessages } from '../messages/list.ts'
import { callBackStatement, type MessageRow } from '../index.ts'

const hello = {
  kind: 'template',
  id: 'hello',
  name: 'Hello',
  channel: 'email',
  subject: 'Hi {{ profile.first_name | default: "there" }}',
  html: '<html><body><p>{{ event.properties.name }} for {{ event.properties.price | money }}</p><a href="https://shop.example/cart?a=1&amp;b=2">Cart</a><a href="{{ unsubscribe_url }}">No more</a></body></html>',
} as const

let database: TestDatabase
let sink: SmtpSink
let world: ChannelWorld

beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.pool.query(
    'truncate messages, message_contents, notifications, profiles, consents, suppressions, providers, definitions, inbox, seen',
  )
  await database.pool.query('update shards set live_seq = 0, clock = 0, leased_at = 0')
  await database.pool.query('update shard_heads set seq = 0')
  sink = await startSmtpSink()
  world = await makeChannelWorld(database.pool)
  await world.publish(hello)
})
afterEach(async () => {
  await world.stop()
  await sink.close()
})

async function ready(): Promise<void> {
  await world.useSmtp(sink.port)
  world.sender.start()
}

async function ended(id: string): Promise<Record<string, unknown>> {
  return until(
    () => world.row(id),
    (row) => !['queued', 'sending'].includes(String(row['status'])),
  )
}

describe('a live message', () => {
  test('reaches the provider, is marked sent with its content, and its outcome is accepted once', async () => {
    await ready()
    const person = await world.makePerson({ email: 'ann@example.com', first_name: 'Ann' })
    const row = world.makeRow(person, { claimedBy: 'w1' })
    await world.send(row)
    expect(await ended(row.id)).toMatchObject({
      status: 'sent',
      provider: 'smtp',
      address: 'ann@example.com',
      subject: 'Hi Ann',
      attempts: 1,
      reason: row.reason,
      claimed_by: null,
      last_error: null,
    })
    expect(sink.mails).toHaveLength(1)
    expect(sink.mails[0]).toMatchObject({ from: 'tea@shop.example', to: 'ann@example.com' })
    expect(sink.mails[0]?.raw).toContain(`Message-ID: <${row.id}@shop.example>`)
    expect(await world.events()).toMatchObject([
      {
        name: 'Message Sent',
        profileId: person,
        eventId: `throughline:${row.id}:sent`,
        properties: { message_id: row.id, channel: 'email', template: 'hello', journey: 'cart', step: 'remind' },
      },
    ])
    const contents = await database.pool.query('select 1 from message_contents where message_id = $1', [row.id])
    expect(contents.rowCount).toBe(1)
  })

  test('goes to the sandbox as long as no provider is configured, and counts as sent', async () => {
    world.sender.start()
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w1' })
    await world.send(row)
    expect(await ended(row.id)).toMatchObject({ status: 'sent', provider: 'sandbox' })
    expect(await world.events()).toMatchObject([{ name: 'Message Sent' }])
  })

  test('waits until the providers are known, instead of going to the sandbox', async () => {
    await world.useSmtp(sink.port)
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w2' })
    const other = world.makeSender({ worker: 'w2' })
    await world.send(row)
    other.start()
    other.take([row])
    expect(await ended(row.id)).toMatchObject({ status: 'sent', provider: 'smtp' })
  })
})

describe('before the hand-over', () => {
  test('an opt-out said after the message was queued holds it back, with the reason', async () => {
    const person = await world.makePerson({ email: 'ann@example.com' })
    const row = world.makeRow(person)
    await world.send(row)
    await applyConsentChanges(database.pool, [
      {
        shard: shardOf(person),
        profileId: person,
        channel: 'email',
        topic: '',
        state: 'withdrawn',
        source: 'unsubscribe page',
        at: Date.UTC(2026, 4, 3),
        address: null,
        wording: null,
        history: false,
        trusted: true,
      },
    ])
    await ready()
    expect(await ended(row.id)).toMatchObject({
      status: 'held',
      rule: 'consent',
      reason: 'Held back: opted out of e-mail on 3 May 2026 (unsubscribe page).',
    })
    expect(sink.mails).toHaveLength(0)
    expect(await world.events()).toMatchObject([
      { name: 'Message Held Back', properties: { reason: expect.stringContaining('opted out') as unknown } },
    ])
  })

  test('a receipt passes an opt-out but not a dead address', async () => {
    await ready()
    const person = await world.makePerson({ email: 'Ann@Example.com' })
    await applyConsentChanges(database.pool, [
      {
        shard: shardOf(person),
        profileId: person,
        channel: 'email',
        topic: '',
        state: 'withdrawn',
        source: 'x',
        at: 1,
        address: 'ann@example.com',
        wording: null,
        history: false,
        trusted: true,
      },
    ])
    const receipt = world.makeRow(person, { claimedBy: 'w1', purpose: 'transactional' })
    await world.send(receipt)
    expect(await ended(receipt.id)).toMatchObject({ status: 'sent' })
    await database.pool.query(`update suppressions set reason = 'bounced'`)
    const second = world.makeRow(person, { claimedBy: 'w1', purpose: 'transactional' })
    await world.send(second)
    expect(await ended(second.id)).toMatchObject({ status: 'held', rule: 'suppression' })
  })

  test('a suppressed address gets nothing, whoever it belongs to', async () => {
    await ready()
    await database.pool.query(`insert into suppressions values ('email', 'ann@example.com', 'complaint', 'x', 0)`)
    const row = world.makeRow(await world.makePerson({ email: ' ANN@example.com ' }), { claimedBy: 'w1' })
    await world.send(row)
    expect(await ended(row.id)).toMatchObject({ status: 'held', rule: 'suppression' })
  })

  test('a message that its journey called back is cancelled, with the reason on the timeline', async () => {
    const person = await world.makePerson({ email: 'ann@example.com' })
    const reason = 'Not sent: the goal of Cart was reached (Order Completed) before it went out'
    const [marketing, needed, later, other] = [
      world.makeRow(person, { createdAt: 1_000 }),
      world.makeRow(person, { createdAt: 1_000, purpose: 'transactional' }),
      world.makeRow(person, { createdAt: 999 }),
      world.makeRow(person, { createdAt: 1_000, journey: 'welcome' }),
    ]
    await world.send(marketing, needed, later, other)
    await database.pool.query(callBackStatement([{ shard: marketing.shard, profileId: person, journey: 'cart', since: 1_000, reason }]))
    await ready()
    expect(await ended(marketing.id)).toMatchObject({ status: 'cancelled', reason, rule: null })
    for (const row of [needed, later, other]) expect(await ended(row.id)).toMatchObject({ status: 'sent' })
    const events = (await world.events()).filter((event) => event.properties['message_id'] === marketing.id)
    expect(events).toMatchObject([{ name: 'Message Held Back', profileId: person, properties: { reason, journey: 'cart' } }])
    const [shown] = await listMessages(database.pool, { people: [person], status: 'cancelled', limit: 9 })
    expect(shown).toMatchObject({ id: marketing.id, status: 'cancelled', reason })
  })

  test('one that is called back while the provider is down, is not tried again', async () => {
    sink.onMail = () => ({ code: 451, text: 'not now' })
    await ready()
    const person = await world.makePerson({ email: 'ann@example.com' })
    const row = world.makeRow(person, { claimedBy: 'w1' })
    await world.send(row)
    await until(
      () => world.row(row.id),
      (found) => found['attempts'] === 1,
    )
    await database.pool.query('update messages set due_at = due_at + 3600000')
    await database.pool.query(
      callBackStatement([{ shard: row.shard, profileId: person, journey: 'cart', since: 0, reason: 'Not sent: paid' }]),
    )
    expect(await listMessages(database.pool, { people: [person], limit: 9 })).toMatchObject([
      { status: 'cancelled', reason: 'Not sent: paid' },
    ])
    // At once, not when its next attempt would have been due.
    expect(await ended(row.id)).toMatchObject({ status: 'cancelled', reason: 'Not sent: paid', attempts: 1 })
  })

  test('one that is called back during an attempt which fails, is not tried again either', async () => {
    sink.onMail = () => 'hang'
    await world.useSmtp(sink.port)
    world.makeSender({ attemptMs: 2_000 }).start()
    const person = await world.makePerson({ email: 'ann@example.com' })
    const row = world.makeRow(person)
    await world.send(row)
    await until(
      () => sink.connections(),
      (count) => count > 0,
    )
    await database.pool.query(
      callBackStatement([{ shard: row.shard, profileId: person, journey: 'cart', since: 0, reason: 'Not sent: paid' }]),
    )
    expect(await ended(row.id)).toMatchObject({ status: 'cancelled', reason: 'Not sent: paid', attempts: 1 })
  })

  test('one that left the house already is not called back', async () => {
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }))
    await world.send(row)
    await database.pool.query('update messages set sent_at = 2000')
    await database.pool.query(callBackStatement([{ ...row, journey: 'cart', since: 0, reason: 'Not sent: paid' }]))
    expect(await world.row(row.id)).toMatchObject({ called_back: null })
  })

  test('a marketing message waits until its shard has heard what came in before it was decided, a transactional one does not', async () => {
    await ready()
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }))
    const needed = world.makeRow(await world.makePerson({ email: 'bob@example.com' }), { purpose: 'transactional' })
    const shards = [row.shard, needed.shard]
    await database.pool.query('update shard_heads set seq = 2000000 where shard = any ($1::smallint[]) and lane = 0', [shards])
    await world.send(row, needed)
    await ended(needed.id)
    const looked = world.makeRow(needed.profileId, { purpose: 'transactional' })
    await world.send(looked)
    await ended(looked.id)
    expect(sink.mails.map((mail) => mail.to)).toEqual(['bob@example.com', 'bob@example.com'])
    // Its time is past the message: it has heard everything that matters, although more has come in since.
    await database.pool.query('update shards set clock = $2::bigint where shard = $1::smallint', [row.shard, row.dueAt])
    await ended(row.id)
  })

  test('what was left in the queue waits until the worker that took the shard has heard what came in meanwhile', async () => {
    await ready()
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { createdAt: 1_000, dueAt: 1_000 })
    await database.pool.query('update shard_heads set seq = 2000000 where shard = $1::smallint and lane = 0', [row.shard])
    await database.pool.query('update shards set clock = 5000, leased_at = 6000 where shard = $1::smallint', [row.shard])
    await world.send(row)
    const looked = world.makeRow(row.profileId, { purpose: 'transactional' })
    await world.send(looked)
    await ended(looked.id)
    expect(await world.row(row.id)).toMatchObject({ status: 'queued' })
    await database.pool.query('update shards set clock = 6000 where shard = $1::smallint', [row.shard])
    await ended(row.id)
  })

  test('a cancelled message is dropped without a word', async () => {
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w1' })
    await world.send({ ...row, claimedBy: null })
    await database.pool.query(`update messages set status = 'cancelled', claimed_by = 'w1', claim_until = 9e15`)
    await ready()
    world.sender.take([row])
    const after = world.makeRow(await world.makePerson({ email: 'bob@example.com' }), { claimedBy: 'w1' })
    await world.send(after)
    await ended(after.id)
    expect(sink.mails.map((mail) => mail.to)).toEqual(['bob@example.com'])
    expect((await world.events()).map((event) => event.properties['message_id'])).toEqual([after.id])
  })

  test('a person who was merged gets it as the survivor, under the survivor’s consent', async () => {
    await ready()
    const winner = await world.makePerson({ email: 'ann@example.com', first_name: 'Ann' })
    const loser = await world.makePerson({ first_name: 'Nobody' })
    await database.pool.query('update profiles set merged_into = $1 where id = $2', [winner, loser])
    const row = world.makeRow(loser, { claimedBy: 'w1' })
    await world.send(row)
    expect(await ended(row.id)).toMatchObject({ status: 'sent', subject: 'Hi Ann', address: 'ann@example.com' })
    expect(await world.events()).toMatchObject([{ name: 'Message Sent', profileId: winner }])
    await applyConsentChanges(database.pool, [
      {
        shard: shardOf(winner),
        profileId: winner,
        channel: 'email',
        topic: '',
        state: 'withdrawn',
        source: 'x',
        at: 1,
        address: null,
        wording: null,
        history: false,
        trusted: true,
      },
    ])
    const second = world.makeRow(loser, { claimedBy: 'w1' })
    await world.send(second)
    expect(await ended(second.id)).toMatchObject({ status: 'held', rule: 'consent' })
  })

  test('a template that cannot be rendered for this person fails the message, whole', async () => {
    await ready()
    await world.publish({ ...hello, id: 'broken', subject: '{{ profile.nothing }}' })
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w1', template: 'broken' })
    await world.send(row)
    expect(await ended(row.id)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^Failed: Template "broken", subject: came out empty/) as unknown,
    })
    expect(await world.events()).toMatchObject([{ name: 'Message Failed' }])
    expect(sink.mails).toHaveLength(0)
  })
})

describe('a provider in trouble', () => {
  test('an address that does not exist bounces and is suppressed', async () => {
    await ready()
    sink.onRecipient = (to) => (to.toLowerCase().startsWith('gone') ? { code: 550, text: '5.1.1 User unknown' } : null)
    await database.pool.query('delete from address_changes')
    const person = await world.makePerson({ email: 'Gone@example.com' })
    const row = world.makeRow(person, { claimedBy: 'w1' })
    await world.send(row)
    expect(await ended(row.id)).toMatchObject({ status: 'bounced', last_error: expect.stringContaining('5.1.1') as unknown })
    expect((await database.pool.query('select channel, address, reason from suppressions')).rows).toEqual([
      { channel: 'email', address: 'gone@example.com', reason: 'bounced' },
    ])
    expect((await database.pool.query('select channel, address, profile_id from address_changes')).rows).toEqual([
      { channel: 'email', address: 'gone@example.com', profile_id: person },
    ])
    expect(await world.events()).toMatchObject([{ name: 'Message Bounced' }])
    const next = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w1' })
    await world.send(next)
    expect(await ended(next.id)).toMatchObject({ status: 'sent' })
  })

  test('asked to try later, the message says so and goes out at the next attempt', async () => {
    await ready()
    sink.onRecipient = () => ({ code: 451, text: '4.7.1 Greylisted' })
    const begun = Date.now()
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w1' })
    await world.send(row)
    const waiting = await until(
      () => world.row(row.id),
      (found) => found['attempts'] === 1,
    )
    expect(waiting).toMatchObject({ status: 'queued', claimed_by: null })
    expect(String(waiting['reason'])).toMatch(/^Sent: entered Cart.*\nDelayed: .*4\.7\.1 Greylisted.*Next attempt at/s)
    // Five seconds, a fifth more or less.
    expect(Number(waiting['due_at'])).toBeGreaterThanOrEqual(begun + 4_000)
    sink.onRecipient = null
    await database.pool.query('update messages set due_at = 0')
    expect(await ended(row.id)).toMatchObject({ status: 'sent', attempts: 2, reason: row.reason })
  })

  test('refusing everything, it is left alone, and all goes out once it recovers', async () => {
    await ready()
    sink.onMail = () => ({ code: 554, text: '5.3.0 Something is wrong here' })
    const rows: MessageRow[] = []
    for (let n = 0; n < 8; n++) rows.push(world.makeRow(await world.makePerson({ email: `p${n}@example.com` }), { claimedBy: 'w1' }))
    await world.send(...rows)
    await until(
      () => world.sender.status().find((each) => each.channel === 'email'),
      (status) => status?.state === 'paused' && status.detail.includes('5.3.0'),
    )
    sink.onMail = null
    await until(
      async () => {
        await database.pool.query(`update messages set due_at = 0 where status = 'queued'`)
        return (await database.pool.query(`select 1 from messages where status = 'sent'`)).rowCount
      },
      (count) => count === 8,
    )
    expect(new Set(sink.mails.map((mail) => mail.to)).size).toBe(8)
    expect(world.sender.status()[0]).toMatchObject({ state: 'ok' })
  })

  test('away and back: nothing is lost, no attempt is counted, and the state tells', async () => {
    const { port } = sink
    await sink.close()
    await ready()
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w1' })
    await world.send(row)
    await until(
      () => world.sender.status()[0],
      (status) => status?.state === 'paused' && /cannot be used/.test(status.detail),
    )
    expect(
      String(
        (
          await until(
            () => world.row(row.id),
            (found) => found['claimed_by'] === null,
          )
        )['reason'],
      ),
    ).toContain('\nDelayed: ')
    sink = await startSmtpSink({}, port)
    expect(await ended(row.id)).toMatchObject({ status: 'sent', attempts: 1, reason: row.reason })
  })

  test('hanging after DATA, the attempt ends, and the message repeats under the same Message-ID', async () => {
    await world.useSmtp(sink.port)
    const hasty = world.makeSender({ attemptMs: 1_000 })
    hasty.start()
    sink.onMail = () => 'hang'
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }))
    await world.send(row)
    await until(
      () => world.row(row.id),
      (found) => found['attempts'] === 1,
    )
    sink.onMail = null
    // The next attempt has its usual time.
    await hasty.stop()
    world.sender.start()
    await database.pool.query('update messages set due_at = 0')
    expect(await ended(row.id)).toMatchObject({ status: 'sent', attempts: 2 })
    expect(sink.mails).toHaveLength(1)
  })

  test('a connection lost after DATA repeats the message under the same Message-ID, and its outcome happens once', async () => {
    await ready()
    sink.onMail = () => 'drop-after-data'
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w1' })
    await world.send(row)
    await until(
      () => world.row(row.id),
      (found) => found['attempts'] === 1,
    )
    sink.onMail = null
    await until(
      async () => {
        await database.pool.query(`update messages set due_at = 0 where status = 'queued'`)
        return world.row(row.id)
      },
      (found) => found['status'] === 'sent',
    )
    const ids = sink.mails.map((mail) => /^Message-ID: (.*)$/m.exec(mail.raw)?.[1]?.trim())
    expect(ids).toEqual([`<${row.id}@shop.example>`, `<${row.id}@shop.example>`])
    expect((await world.events()).filter((event) => event.name === 'Message Sent')).toHaveLength(1)
  })

  test('a connection that the server ended while it was idle costs nobody an attempt', async () => {
    await ready()
    const first = world.makeRow(await world.makePerson({ email: 'a@example.com' }), { claimedBy: 'w1' })
    await world.send(first)
    await ended(first.id)
    const { port } = sink
    await sink.close()
    sink = await startSmtpSink({}, port)
    const second = world.makeRow(await world.makePerson({ email: 'b@example.com' }), { claimedBy: 'w1' })
    await world.send(second)
    expect(await ended(second.id)).toMatchObject({ status: 'sent', attempts: 1 })
  })

  test('a password that is wrong pauses the provider, not the messages, and stands in no reason', async () => {
    const { port } = sink
    await sink.close()
    sink = await startSmtpSink(
      {
        disabledCommands: ['STARTTLS'],
        authOptional: false,
        allowInsecureAuth: true,
        onAuth: (auth, _session, done) => (auth.password === 'right' ? done(null, { user: 1 }) : done(new Error('535 5.7.8 no'))),
      },
      port,
    )
    await world.useSmtp(port, { user: 'shop' }, { password: 'wrong-secret' })
    world.sender.start()
    const row = world.makeRow(await world.makePerson({ email: 'ann@example.com' }), { claimedBy: 'w1' })
    await world.send(row)
    await until(
      () => world.sender.status()[0],
      (status) => status?.state === 'paused',
    )
    expect(JSON.stringify([world.sender.status(), await world.row(row.id)])).not.toContain('wrong-secret')
    await world.useSmtp(port, { user: 'shop' }, { password: 'right' })
    expect(await ended(row.id)).toMatchObject({ status: 'sent' })
  })
})

describe('claims', () => {
  test('what another worker left behind is taken up after its claim, and what it had handed over is only reported', async () => {
    const person = await world.makePerson({ email: 'ann@example.com' })
    const fresh = world.makeRow(person)
    const handed = world.makeRow(person)
    await world.send(fresh, handed)
    await database.pool.query(`update messages set status = 'sending', claimed_by = 'dead', claim_until = 1`)
    await database.pool.query(`update messages set sent_at = 5, provider = 'smtp' where id = $1`, [handed.id])
    await ready()
    expect(await ended(fresh.id)).toMatchObject({ status: 'sent' })
    expect(await ended(handed.id)).toMatchObject({ status: 'sent', sent_at: 5 })
    expect(sink.mails.map((mail) => /Message-ID: <([0-9a-f]+)@/.exec(mail.raw)?.[1])).toEqual([fresh.id])
    expect((await world.events()).filter((event) => event.name === 'Message Sent')).toHaveLength(2)
  })

  test('two workers on the same shards send each message once', async () => {
    await world.useSmtp(sink.port)
    const person = await world.makePerson({ email: 'ann@example.com' })
    const rows = Array.from({ length: 120 }, () => world.makeRow(person, { lane: 1 }))
    await world.send(...rows)
    const other = world.makeSender({ worker: 'w2' })
    world.sender.start()
    other.start()
    await until(
      async () => (await database.pool.query(`select 1 from messages where status = 'sent'`)).rowCount,
      (count) => count === 120,
    )
    expect(sink.mails).toHaveLength(120)
    expect((await world.events()).length).toBe(120)
  })

  test('a stop gives back what was not handed over, and a next sender sends it', async () => {
    await world.useSmtp(sink.port, { maxPerSecond: 5 })
    world.sender.start()
    const person = await world.makePerson({ email: 'ann@example.com' })
    const rows = Array.from({ length: 12 }, () => world.makeRow(person, { claimedBy: 'w1' }))
    await world.send(...rows)
    await until(
      () => sink.mails.length,
      (count) => count > 0,
    )
    await world.sender.stop()
    const left = await database.pool.query<{ n: number }>(
      `select count(*) as n from messages where status <> 'sent' and (claimed_by is not null or status <> 'queued')`,
    )
    expect(left.rows[0]?.n).toBe(0)
    await world.useSmtp(sink.port)
    world.makeSender({ worker: 'w2' }).start()
    await until(
      async () => (await database.pool.query(`select 1 from messages where status = 'sent'`)).rowCount,
      (count) => count === 12,
    )
    expect(sink.mails).toHaveLength(12)
  })

  test('bulk waits while live work waits', async () => {
    let waiting = true
    const sender = world.makeSender({ worker: 'w3', liveWaiting: () => waiting })
    await world.useSmtp(sink.port)
    const person = await world.makePerson({ email: 'ann@example.com' })
    const bulk = world.makeRow(person, { lane: 1 })
    const live = world.makeRow(person)
    await world.send(bulk, live)
    sender.start()
    await ended(live.id)
    expect(await world.row(bulk.id)).toMatchObject({ status: 'queued', claimed_by: null })
    waiting = false
    expect(await ended(bulk.id)).toMatchObject({ status: 'sent' })
  })
})

test('a mail can be unsubscribed from in one click, names its way back, and its DKIM key fits', async () => {
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await world.useSmtp(
    sink.port,
    { returnPath: 'bounces@mail.shop.example', replyTo: 'help@shop.example', dkim: { domain: 'shop.example', selector: 's1' } },
    { dkimKey: privateKey },
  )
  world.sender.start()
  const person = await world.makePerson({ email: 'ann@example.com' })
  const row = world.makeRow(person, { claimedBy: 'w1' })
  await world.send(row)
  await ended(row.id)
  const mail = sink.mails[0]
  expect(mail?.from).toBe(`bounces+${shardOf(person).toString(16).padStart(2, '0')}${row.id}@mail.shop.example`)
  const unfolded = mail?.raw.replace(/\r\n[ \t]+/g, ' ') ?? ''
  expect(unfolded).toMatch(new RegExp(`^List-Unsubscribe: <${settings.baseUrl}/u/[\\w-]+>\\r$`, 'm'))
  expect(unfolded).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m)
  expect(unfolded).toMatch(/^DKIM-Signature: .*h=[^;]*list-unsubscribe:list-unsubscribe-post;/m)
  expect(unfolded).toMatch(/^From: "Tea & Co" <tea@shop\.example>\r$/m)
  expect(unfolded).toMatch(/^Reply-To: help@shop\.example\r$/m)
})
