import Fastify, { type FastifyInstance } from 'fastify'
import fc from 'fast-check'
import { shardOf, type Settings } from '@throughline/contracts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeChannelWorld, settings, startSmtpSink, until, type ChannelWorld, type SmtpSink } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { registerChannelRoutes, type MessageRow } from '../index.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'
const hello = {
  kind: 'template',
  id: 'hello',
  name: 'Hello',
  channel: 'email',
  subject: 'Hi',
  html: '<html><body><a href="https://shop.example/cart?a=1&amp;b=2">Cart</a></body></html>',
} as const

let database: TestDatabase
let sink: SmtpSink
let world: ChannelWorld
let app: FastifyInstance
/** What the workspace has set. */
let current: Settings

beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.pool.query(
    'truncate messages, message_contents, notifications, profiles, consents, suppressions, providers, definitions, inbox, seen',
  )
  sink = await startSmtpSink()
  current = settings
  world = await makeChannelWorld(database.pool, { settings: async () => current })
  await world.publish(hello)
  await world.useSmtp(sink.port)
  world.sender.start()
  app = Fastify()
  await registerChannelRoutes(app, { ...world.deps, feed: world.feed })
})
afterEach(async () => {
  await app.close()
  await world.stop()
  await sink.close()
})

interface Mailed {
  readonly row: MessageRow
  readonly person: string
  readonly html: string
  /** Paths of our own links in the mail. */
  readonly links: { readonly open?: string; readonly click?: string; readonly unsubscribe: string }
}

async function mail(person?: string): Promise<Mailed> {
  const to = person ?? (await world.makePerson({ email: 'ann@example.com' }))
  const row = world.makeRow(to, { claimedBy: 'w1' })
  await world.send(row)
  await until(
    () => world.row(row.id),
    (found) => found['status'] === 'sent',
  )
  const raw = sink.mails.at(-1)?.raw ?? ''
  const html = raw.slice(raw.indexOf('text/html')).replace(/=\r\n/g, '').replace(/=3D/g, '=')
  const path = (letter: string): string | undefined => new RegExp(`${settings.baseUrl}(/${letter}/[\\w-]+)`).exec(html)?.[1]
  return { row, person: to, html, links: { open: path('o'), click: path('c'), unsubscribe: path('u') ?? '' } }
}

const named = async (name: string): Promise<Record<string, unknown>[]> =>
  (await world.events()).filter((event) => event.name === name).map((event) => event.properties)
const browse = (url: string, agent = BROWSER) => app.inject({ url, headers: { 'user-agent': agent } })
const post = (url: string, payload: string, type = 'application/x-www-form-urlencoded') =>
  app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })

describe('opens and clicks', () => {
  test('are recorded once each, and the message knows when', async () => {
    const { row, links } = await mail()
    for (let n = 0; n < 3; n++) expect((await browse(links.open ?? '')).headers['content-type']).toBe('image/gif')
    for (let n = 0; n < 3; n++) expect((await browse(links.click ?? '')).headers['location']).toBe('https://shop.example/cart?a=1&b=2')
    const found = await until(
      () => world.row(row.id),
      (value) => value['opened_at'] !== null && value['clicked_at'] !== null,
    )
    expect(Number(found['opened_at'])).toBeGreaterThanOrEqual(Number(found['sent_at']))
    for (const name of ['Message Opened', 'Message Clicked'])
      await until(
        () => named(name),
        (list) => list.length > 0,
      )
    expect(await named('Message Opened')).toEqual([expect.objectContaining({ message_id: row.id, machine: false })])
    expect(await named('Message Clicked')).toEqual([
      expect.objectContaining({ message_id: row.id, url: 'https://shop.example/cart?a=1&b=2', machine: false }),
    ])
  })

  test('are counted once each for the send of a campaign', async () => {
    const { row, links } = await mail()
    await database.pool.query(`update messages set send_id = 'spring#1' where id = $1`, [row.id])
    for (let n = 0; n < 3; n++) await browse(links.open ?? '')
    for (let n = 0; n < 2; n++) await browse(links.click ?? '')
    const counted = await until(
      async () =>
        (
          await database.pool.query(
            `select what, sum(n)::int as n from campaign_counts where send_id = 'spring#1' group by what order by what`,
          )
        ).rows,
      (rows) => rows.length === 2,
    )
    expect(counted).toEqual([
      { what: 'clicked', n: 1 },
      { what: 'opened', n: 1 },
    ])
  })

  test('on a link that was redirected for a campaign lead elsewhere, also from mails that were sent, and nowhere else from others', async () => {
    const [ours, other] = [await mail(), await mail()]
    await database.pool.query(`update messages set journey_id = 'campaign:spring' where id = $1`, [ours.row.id])
    await database.pool.query(
      `insert into campaign_redirects (campaign_id, from_url, to_url, set_by, set_at)
       values ('spring', 'https://shop.example/cart?a=1&b=2', 'https://shop.example/spring', 'ada', 0)`,
    )
    expect((await browse(ours.links.click ?? '')).headers['location']).toBe('https://shop.example/spring')
    expect((await browse(other.links.click ?? '')).headers['location']).toBe('https://shop.example/cart?a=1&b=2')
    await database.pool.query('truncate campaign_redirects')
  })

  test('by proxies and scanners are marked, and stand in nobody’s way', async () => {
    const { row, links } = await mail()
    await browse(links.open ?? '', 'Mozilla/5.0')
    await until(
      () => named('Message Opened'),
      (list) => list.length === 1,
    )
    expect(await world.row(row.id)).toMatchObject({ opened_at: null })
    await browse(links.open ?? '')
    expect(
      await until(
        () => named('Message Opened'),
        (list) => list.length === 2,
      ),
    ).toEqual([expect.objectContaining({ machine: true }), expect.objectContaining({ machine: false })])
  })

  test('of somebody who does not want it are neither prepared nor recorded', async () => {
    const first = await mail()
    await post(first.links.unsubscribe, 'action=preferences&offered=email&offered=inbox&offered=tracking&email=on&inbox=on')
    await browse(first.links.open ?? '')
    expect((await browse(first.links.click ?? '')).statusCode).toBe(302)
    const second = await mail(first.person)
    expect(second.links.open).toBeUndefined()
    expect(second.links.click).toBeUndefined()
    expect(second.html).toContain('href="https://shop.example/cart?a=1&amp;b=2"')
    expect(await named('Message Opened')).toEqual([])
    expect(await named('Message Clicked')).toEqual([])
  })

  test.each([
    ['granted', null, true],
    ['granted', 'withdrawn', false],
    ['withdrawn', null, false],
    ['withdrawn', 'granted', true],
  ] as const)('where the workspace says %s and the person says %s, tracked is %s', async (workspace, said, tracked) => {
    current = { ...settings, trackingDefault: workspace }
    const person = await world.makePerson({ email: 'ann@example.com' })
    if (said !== null)
      await database.pool.query(
        `insert into consents (shard, profile_id, channel, topic, state, source, at) values ($1, $2, 'tracking', '', $3, 'test', $4)`,
        [shardOf(person), person, said, Date.now()],
      )
    const { links, html } = await mail(person)
    expect([links.open !== undefined, links.click !== undefined]).toEqual([tracked, tracked])
    expect(html.includes('href="https://shop.example/cart?a=1&amp;b=2"')).toBe(!tracked)
    expect(html.includes('<img')).toBe(tracked)
  })

  test('asked for by their head alone are answered and not recorded', async () => {
    const { row, links } = await mail()
    for (const url of [links.open ?? '', links.click ?? ''])
      expect((await app.inject({ method: 'HEAD', url, headers: { 'user-agent': BROWSER } })).statusCode).toBeLessThan(400)
    await browse(links.open ?? '')
    await until(
      () => named('Message Opened'),
      (list) => list.length > 0,
    )
    expect([(await named('Message Opened')).length, (await named('Message Clicked')).length]).toEqual([1, 0])
    expect(await world.row(row.id)).toMatchObject({ clicked_at: null })
  })

  test('lead nowhere but where the message led', async () => {
    const { links } = await mail()
    const token = (links.click ?? '').split('/').at(-1) ?? ''
    for (const path of [
      `/c/${token.slice(0, -1)}`,
      `/c/${token}?url=https://evil.example`,
      `/c/${links.unsubscribe.split('/').at(-1)}`,
      '/c/https:%2f%2fevil.example',
    ]) {
      const answer = await browse(path)
      expect([302, 404]).toContain(answer.statusCode)
      if (answer.statusCode === 302) expect(answer.headers['location']).toBe('https://shop.example/cart?a=1&b=2')
    }
  })
})

describe('the unsubscribe link', () => {
  test('changes nothing when it is looked at', async () => {
    const { links } = await mail()
    const answer = await browse(links.unsubscribe)
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('<button>Unsubscribe from e-mail</button>')
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect((await database.pool.query('select 1 from consents')).rowCount).toBe(0)
  })

  test.each([
    ['form-encoded', 'List-Unsubscribe=One-Click', 'application/x-www-form-urlencoded'],
    [
      'as multipart',
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
      'multipart/form-data; boundary=x',
    ],
  ])('opts out at once by one click (%s), also of what is queued already', async (_how, body, type) => {
    const { row, person, links } = await mail()
    const queued = world.makeRow(person, { dueAt: Date.now() + 3_600_000 })
    await world.send(queued)
    const answer = await post(links.unsubscribe, body, type)
    expect(answer.statusCode).toBe(200)
    await database.pool.query('update messages set due_at = $2 where id = $1', [queued.id, Date.now()])
    expect((await database.pool.query('select channel, state, address from consents')).rows).toEqual([
      { channel: 'email', state: 'withdrawn', address: 'ann@example.com' },
    ])
    expect((await database.pool.query('select channel, address, reason from suppressions')).rows).toEqual([
      { channel: 'email', address: 'ann@example.com', reason: 'unsubscribed' },
    ])
    expect(
      await until(
        () => world.row(queued.id),
        (found) => found['status'] === 'held',
      ),
    ).toMatchObject({ rule: expect.stringMatching(/consent|suppression/) as unknown })
    expect(sink.mails).toHaveLength(1)
    expect((await world.events()).map((event) => event.name).sort()).toEqual([
      'Consent Changed',
      'Message Held Back',
      'Message Sent',
      'Unsubscribed',
    ])
    expect(await named('Unsubscribed')).toEqual([expect.objectContaining({ message_id: row.id, channel: 'email' })])
  })

  test('leads back as well: who agrees again gets mail again', async () => {
    const { person, links } = await mail()
    await post(links.unsubscribe, 'action=unsubscribe')
    const page = await post(
      links.unsubscribe,
      'action=preferences&offered=email&email=on&offered=inbox&inbox=on&offered=tracking&tracking=on',
    )
    expect(page.body).toContain('Saved')
    await mail(person)
    expect(sink.mails).toHaveLength(2)
  })

  test('that was tampered with opens a page that says so', async () => {
    const { links } = await mail()
    expect((await browse(`${links.unsubscribe}x`)).statusCode).toBe(404)
    expect((await post(`${links.unsubscribe}x`, 'List-Unsubscribe=One-Click')).statusCode).toBe(404)
  })
})

test('no made-up token opens anything, and none breaks the server', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('o', 'c', 'u', 'inbox'),
      fc.oneof(fc.string({ maxLength: 300 }), fc.base64String({ maxLength: 300 })),
      fc.constantFrom('GET', 'POST', 'HEAD'),
      async (letter, token, method) => {
        const answer = await app.inject({
          method: method as 'GET',
          url: `/${letter}/${encodeURIComponent(token)}${letter === 'inbox' && method === 'POST' ? '/read' : ''}`,
          payload: method === 'POST' ? token : undefined,
          headers: { 'user-agent': BROWSER },
        })
        expect(answer.statusCode).toBeLessThan(500)
        expect(answer.statusCode).not.toBe(302)
      },
    ),
    { numRuns: 300 },
  )
  expect(await world.events()).toEqual([])
  expect((await database.pool.query('select 1 from consents')).rowCount).toBe(0)
})
