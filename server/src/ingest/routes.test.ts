import type { Problem } from '@throughline/contracts'
import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startIngest, type IngestServer } from '../../test/ingest-server.ts'

let server: IngestServer
beforeAll(async () => {
  server = await startIngest()
})
afterAll(() => server.stop())

const person = (): { anonymousId: string; messageId: string } => ({ anonymousId: randomUUID(), messageId: randomUUID() })
const basic = (): string => `Basic ${Buffer.from(`${server.writeKey}:`).toString('base64')}`

interface Answer {
  readonly code: string
  readonly problems: readonly Problem[]
  readonly rejected: readonly { readonly index: number; readonly problems: readonly Problem[] }[]
}

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Answer; headers: Headers }> {
  const payload = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const response = await fetch(`${server.url}${path}`, { method: 'POST', body: payload, headers: { authorization: basic(), ...headers } })
  const text = await response.text()
  return { status: response.status, body: JSON.parse(text) as Answer, headers: response.headers }
}

describe('the Segment-compatible API', () => {
  it.each([
    ['/v1/identify', { userId: 'u-1', traits: { email: 'Ann@Shop.example' } }, 'identify', 'Identified', { email: 'Ann@Shop.example' }],
    ['/v1/i', { userId: 'u-1', traits: {} }, 'identify', 'Identified', {}],
    ['/v1/track', { event: 'Order Completed', properties: { total: 1 } }, 'track', 'Order Completed', { total: 1 }],
    ['/v1/t', { event: 'Order Completed' }, 'track', 'Order Completed', {}],
    ['/t', { event: 'Order Completed' }, 'track', 'Order Completed', {}],
    [
      '/v1/page',
      { name: 'Home', category: 'Shop', properties: { url: 'https://x.example' } },
      'page',
      'Page Viewed',
      { name: 'Home', category: 'Shop', url: 'https://x.example' },
    ],
    ['/v1/p', { properties: { name: 'Own' }, name: 'Other' }, 'page', 'Page Viewed', { name: 'Own' }],
    ['/v1/screen', { name: 'Cart' }, 'screen', 'Screen Viewed', { name: 'Cart' }],
    ['/v1/s', { name: 'Cart' }, 'screen', 'Screen Viewed', { name: 'Cart' }],
    [
      '/v1/group',
      { groupId: 7, traits: { email: 'office@firm.example' } },
      'group',
      'Group Joined',
      { email: 'office@firm.example', group_id: '7' },
    ],
    ['/v1/g', { groupId: 'g' }, 'group', 'Group Joined', { group_id: 'g' }],
    ['/v1/alias', { userId: 'u-2', previousId: 'old' }, 'alias', 'Aliased', { previous_id: 'old', user_id: 'u-2' }],
    ['/v1/a', { userId: 'u-2', previousId: 'old' }, 'alias', 'Aliased', { previous_id: 'old', user_id: 'u-2' }],
  ])('stores what comes to %s under its name', async (path, fields, type, name, properties) => {
    const event = { ...person(), ...fields }
    expect(await post(path, event)).toMatchObject({ status: 200, body: { success: true } })
    const [row] = await server.inboxOf(event.messageId)
    expect(row).toMatchObject({ type, name, lane: 0, triggers: true })
    expect(JSON.parse(row!.properties)).toEqual(properties)
  })

  it('takes the good events of a batch and lists the bad ones, which the console can show', async () => {
    const good = { type: 'track', event: 'Signed Up', ...person() }
    const bad = { type: 'track', event: '', ...person(), writeKey: 'secret-key', userId: 12.5 }
    const strange = { type: 'buy', ...person() }
    const { status, body } = await post('/v1/batch', { batch: [good, bad, 7, strange, good], sentAt: new Date().toISOString() })
    expect(status).toBe(200)
    expect(body).toMatchObject({ success: true, accepted: 2 })
    expect(body.rejected.map(({ index, problems }) => [index, problems.map(({ field }) => field)])).toEqual([
      [1, ['event', 'userId']],
      [2, ['event']],
      [3, ['type']],
    ])
    expect(body.rejected[0]?.problems[1]).toEqual({
      field: 'userId',
      value: 12.5,
      allowed: expect.any(String),
      message: 'userId is neither text nor a whole number.',
    })
    expect(await server.inboxOf(good.messageId)).toHaveLength(1)
    const { rows } = await server.pool.query('select source, name, problems, raw from rejected_events where message_id = $1::text', [
      bad.messageId,
    ])
    expect(rows).toHaveLength(1)
    expect(rows[0]!.raw).not.toContain('secret-key')
  })

  it('stores imports as history that starts nothing', async () => {
    const event = { type: 'track', event: 'Order Completed', timestamp: '2020-01-01T00:00:00Z', ...person() }
    await post('/v1/import', { batch: [event] })
    expect(await server.inboxOf(event.messageId)).toEqual([
      expect.objectContaining({ lane: 1, triggers: false, occurred_at: Date.parse('2020-01-01') }),
    ])
  })

  it('corrects the clock of the client by when it says it sent the event', async () => {
    const event = { event: 'Late', ...person(), timestamp: '2020-06-01T10:00:00.000Z', sentAt: '2020-06-01T10:00:05.000Z' }
    const before = Date.now()
    await post('/v1/track', event)
    const [row] = await server.inboxOf(event.messageId)
    expect(row!.occurred_at).toBeGreaterThanOrEqual(before - 5_000)
    expect(row!.occurred_at).toBeLessThanOrEqual(Date.now() - 5_000)
    const old = { type: 'track', event: 'Late', ...person(), timestamp: '2020-06-01T10:00:00.000+02:00' }
    await post('/v1/batch', { batch: [old] })
    expect((await server.inboxOf(old.messageId))[0]!.occurred_at).toBe(Date.parse('2020-06-01T08:00:00Z'))
  })

  it('takes the write key from Basic authorization, from the body and from the address', async () => {
    const event = { event: 'Seen', ...person() }
    expect((await post('/v1/track', { ...event, writeKey: server.writeKey }, { authorization: '' })).status).toBe(200)
    expect((await post(`/v1/track?writeKey=${server.writeKey}`, event, { authorization: '' })).status).toBe(200)
    expect(await post('/v1/track', event, { authorization: '' })).toMatchObject({ status: 401, body: { code: 'write_key_missing' } })
    expect(await post('/v1/track', { ...event, writeKey: 'wrong' }, { authorization: '' })).toMatchObject({
      status: 401,
      body: { code: 'write_key_unknown' },
    })
  })

  it('unpacks gzip whatever the headers say, and takes any label for JSON', async () => {
    const labels: Record<string, string>[] = [
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'text/plain' },
      { 'content-encoding': 'gzip' },
      { 'content-type': 'nonsense;;;' },
    ]
    for (const headers of labels) {
      const event = { event: 'Packed', ...person() }
      expect((await post('/v1/track', gzipSync(JSON.stringify(event)), headers)).status).toBe(200)
      expect(await server.inboxOf(event.messageId)).toHaveLength(1)
    }
  })

  it('lets a page of any origin send, and remembers the permission for a day', async () => {
    const preflight = await fetch(`${server.url}/v1/t`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'anonymousid,authorization',
      },
    })
    expect(preflight.status).toBe(204)
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'anonymousid,authorization',
      'access-control-max-age': '86400',
    })
    const { headers } = await post('/v1/t', { event: 'Seen', ...person() }, { origin: 'https://shop.example' })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
  })

  it.each([
    ['a wrong write key', 401, { event: 'Seen', userId: 'u' }, { authorization: 'Basic d3Jvbmc6' }],
    ['an event that is refused', 400, { event: '', userId: 'u' }, {}],
    ['an event that is too large', 413, { event: 'A', userId: 'u', properties: { text: 'x'.repeat(33_000) } }, {}],
  ])('lets a page of any origin read the answer to %s', async (_, status, event, more) => {
    const answer = await post('/v1/t', event, { origin: 'https://shop.example', ...more })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, '*'])
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('says which method is right when it is asked by %s', async (method) => {
    const answer = await fetch(`${server.url}/v1/track`, { method, headers: { authorization: basic() } })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    if (method !== 'HEAD')
      expect(await answer.json()).toMatchObject({ code: 'wrong_method', field: 'method', value: method, allowed: 'POST' })
  })

  it.each([
    ['NUL in a text', '{"event":"A","userId":"u","properties":{"a":"x\\u0000y"}}', 'properties.a'],
    ['NUL in a name', '{"event":"A","userId":"u","properties":{"a\\u0000":1}}', 'properties'],
    ['half a surrogate pair', '{"event":"A","userId":"u","properties":{"a":["\\ud83d"]}}', 'properties.a[0]'],
    ['a name with a dot that clashes', '{"event":"A","userId":"u","properties":{"a.b":1,"a":{"b":2}}}', 'properties.a.b'],
    ['an id that would be rounded', '{"event":"A","userId":9007199254740993}', 'userId'],
    ['a number that is infinite', '{"event":"A","userId":"u","properties":{"n":1e400}}', 'properties.n'],
    ['a time that is none', '{"event":"A","userId":"u","timestamp":"yesterday"}', 'timestamp'],
    ['a time before 1970', '{"event":"A","userId":"u","timestamp":"1969-12-31T23:59:59Z"}', 'timestamp'],
    ['an event name that is too long', JSON.stringify({ event: 'x'.repeat(201), userId: 'u' }), 'event'],
    ['a field name that is too long', JSON.stringify({ event: 'A', userId: 'u', properties: { ['x'.repeat(201)]: 1 } }), 'properties'],
    ['a message id that is too long', JSON.stringify({ event: 'A', userId: 'u', messageId: 'x'.repeat(256) }), 'messageId'],
    ['properties that are a list', '{"event":"A","userId":"u","properties":[]}', 'properties'],
    ['nobody', '{"event":"A"}', 'anonymousId'],
    ['a placeholder for a person', '{"event":"A","userId":"null"}', 'userId'],
    [
      'a consent for no channel',
      '{"event":"Consent Changed","userId":"u","properties":{"channel":"fax","state":"granted"}}',
      'properties.channel',
    ],
  ])('refuses %s and names the field', async (_, text, field) => {
    const { status, body } = await post('/v1/track', text)
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'event_refused' })
    expect(body.problems).toEqual(
      [{ field, value: expect.anything(), allowed: expect.any(String), message: expect.any(String) }].map((problem) =>
        field === 'anonymousId' ? { field, allowed: expect.any(String), message: expect.any(String) } : problem,
      ),
    )
  })

  it('shows a number that would be rounded as it was sent', async () => {
    const { body } = await post('/v1/track', '{"event":"A","userId":"u","properties":{"order":12345678901234567890}}')
    expect(body).toMatchObject({ field: 'properties.order', value: '12345678901234567890' })
  })

  it('refuses what is nested too deep, even without end', async () => {
    const nest = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
    expect((await post('/v1/track', `{"event":"A","userId":"u","properties":${nest(31)}}`)).status).toBe(200)
    expect((await post('/v1/track', `{"event":"A","userId":"u","properties":${nest(32)}}`)).body.problems[0]?.allowed).toBe(
      'at most 32 levels',
    )
    const endless = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(
      (await post('/v1/batch', `{"batch":[{"type":"track","event":"A","userId":"u","properties":{"x":${endless}}}]}`)).body,
    ).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] })
  })

  it('holds the context of a batch to the rules of an event, and tells the events that would have it', async () => {
    const nest = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
    const send = async (context: string) => {
      const own = { type: 'track', event: 'Own', ...person(), context: { page: 'own' } }
      const none = { type: 'track', event: 'None', ...person() }
      const answer = await post('/v1/batch', `{"batch":${JSON.stringify([own, none])},"context":${context}}`)
      expect(answer.status).toBe(200)
      expect(await server.inboxOf(own.messageId)).toHaveLength(1)
      return { rejected: answer.body.rejected, stored: (await server.inboxOf(none.messageId))[0]?.context }
    }
    expect(await send('{"app":{"name":"Shop"},"traits":{"a":1}}')).toEqual({
      rejected: [],
      stored: '{"app":{"name":"Shop"},"traits":{"a":1}}',
    })
    expect(await send('null')).toEqual({ rejected: [], stored: '{}' })
    for (const [context, field] of [
      [nest(5_000), expect.stringMatching(/^context\.a\.a/)],
      ['{"order":9007199254740993}', 'context.order'],
      ['{"a":"x\\u0000y"}', 'context.a'],
      ['{"a.b":1,"a":{"b":2}}', 'context.a.b'],
      [JSON.stringify({ text: 'x'.repeat(33_000) }), 'event'],
      ['7', 'context'],
    ] as const)
      expect(await send(context)).toMatchObject({ rejected: [{ index: 1, problems: [{ field }] }], stored: undefined })
  })

  it('refuses a batch whose context would be stored so often that a small call becomes a large one', async () => {
    const batch = Array.from({ length: 200 }, () => ({ type: 'track', event: 'A', ...person() }))
    const text = 'x'.repeat(Math.floor((4 * 2 ** 20) / 200) - 20)
    expect(await post('/v1/batch', { batch, context: { text } })).toMatchObject({ status: 200, body: { accepted: 200, rejected: [] } })
    const more = [...batch, { type: 'track', event: 'A', ...person() }]
    expect(await post('/v1/batch', { batch: more, context: { text } })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large', field: 'context' },
    })
    expect(await server.inboxOf(more.at(-1)!.messageId)).toEqual([])
  })

  it('answers 413 for an event above 32 KB and a batch above 500 KB, packed or not', async () => {
    const big = { event: 'A', userId: 'u', properties: { text: 'x'.repeat(33_000) } }
    expect(await post('/v1/track', big)).toMatchObject({
      status: 413,
      body: { code: 'event_refused', field: 'event', allowed: 'at most 32768 bytes (32 KB) of JSON' },
    })
    expect((await post('/v1/batch', { batch: [{ type: 'track', ...big }] })).body.rejected).toHaveLength(1)
    const batch = JSON.stringify({ batch: [], padding: 'x'.repeat(513_000) })
    expect(await post('/v1/batch', batch)).toMatchObject({
      status: 413,
      body: { code: 'body_too_large', field: 'body', allowed: 'at most 512000 bytes' },
    })
    expect(await post('/v1/batch', gzipSync(batch))).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
    const bomb = gzipSync(Buffer.alloc(100 * 2 ** 20))
    expect(await post('/v1/batch', bomb)).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
  })

  it('takes events of exactly 32 KB and batches of exactly 500 KB, and not a byte more', async () => {
    const ofSize = (make: (padding: string) => object, bytes: number) => {
      const least = Buffer.byteLength(JSON.stringify(make('')))
      return JSON.stringify(make('x'.repeat(bytes - least)))
    }
    const event = (padding: string) => ({ event: 'A', userId: 'u', properties: { padding } })
    expect((await post('/v1/track', ofSize(event, 32_768))).status).toBe(200)
    expect((await post('/v1/track', ofSize(event, 32_769))).status).toBe(413)
    // In a batch its properties and context count; context is `{}` here.
    const inBatch = (bytes: number) =>
      `{"batch":[{"type":"track","event":"A","userId":"u","properties":${ofSize((padding) => ({ padding }), bytes - 2)}}]}`
    expect((await post('/v1/batch', inBatch(32_768))).body).toMatchObject({ accepted: 1, rejected: [] })
    expect((await post('/v1/batch', inBatch(32_769))).body).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] })
    const batch = (padding: string) => ({ batch: [{ type: 'track', event: 'A', userId: 'u' }], padding })
    expect((await post('/v1/batch', ofSize(batch, 512_000))).status).toBe(200)
    expect((await post('/v1/batch', ofSize(batch, 512_001))).status).toBe(413)
  })

  it('answers 400 for more than 2,500 events at once', async () => {
    const { status, body } = await post('/v1/batch', { batch: Array.from({ length: 2_501 }, () => 0) })
    expect({ status, ...body }).toMatchObject({
      status: 400,
      code: 'too_many_events',
      field: 'batch',
      value: 2_501,
      allowed: 'at most 2500 events',
    })
  })

  it.each(['', '{', 'null', '[]', '"x"', 'a=b', '\u001f\u008b', '{"batch":7}'])('answers 400 for the body %j', async (text) => {
    expect(await post('/v1/batch', text)).toMatchObject({ status: 400, body: { code: 'body_unreadable' } })
  })

  it('drops what SDKs tell about themselves', async () => {
    expect(await post('/v1/m', { writeKey: server.writeKey, series: [{ type: 'Counter', metric: 'x', value: 1 }] })).toMatchObject({
      status: 200,
      body: { success: true },
    })
  })

  it('keeps thousands of people apart who share a placeholder', async () => {
    const shared = ['null', 'undefined', '0', 'guest', 'noreply@shop.example']
    const batch = Array.from({ length: 2_000 }, (_, n) => ({
      type: 'identify',
      userId: shared[n % 4],
      ...person(),
      traits: { email: shared[4] },
    }))
    expect((await post('/v1/batch', { batch: batch.map(({ traits, ...rest }) => ({ ...rest, traits })) })).body).toMatchObject({
      accepted: 2_000,
      rejected: [],
    })
    const { rows } = await server.pool.query('select count(distinct profile_id) as people from inbox where event_id = any($1::text[])', [
      batch.map(({ messageId }) => `web:${messageId}`),
    ])
    expect(rows[0]!.people).toBe(2_000)
  })

  it('tells browsers where to send, and serves them the library from its npm package', async () => {
    const settings = await (await fetch(`${server.url}/v1/projects/${server.writeKey}/settings`)).json()
    expect(settings).toMatchObject({ integrations: { 'Segment.io': { apiHost: `${new URL(server.url).host}/v1`, protocol: 'http' } } })
    expect((await fetch(`${server.url}/v1/projects/wrong/settings`)).status).toBe(401)
    const library = await fetch(`${server.url}/sdk/analytics.min.js`)
    expect(library.headers.get('content-type')).toContain('javascript')
    expect(await library.text()).toContain('analytics')
    expect((await fetch(`${server.url}/analytics-next/bundles/..%2f..%2fpackage.json`)).status).toBe(404)
    const rudder = await fetch(`${server.url}/sourceConfig?writeKey=${server.writeKey}`)
    expect(await rudder.json()).toMatchObject({ source: { writeKey: server.writeKey, enabled: true, destinations: [] } })
  })
})
