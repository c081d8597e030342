import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startIngest, type IngestServer } from '../../test/ingest-server.ts'

let server: IngestServer
const agent = new Agent({ keepAlive: true, maxSockets: 32 })
beforeAll(async () => {
  server = await startIngest()
})
afterAll(async () => {
  agent.destroy()
  await server.stop()
})

interface Call {
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly body: Buffer
}

/** Sends what a careful client would not let through, and answers the status; 0 when the server hung up. */
function send(call: Call): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve) => {
    const outgoing = request(
      { hostname, port, agent, method: 'POST', path: call.path, headers: { ...call.headers, 'content-length': call.body.length } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      },
    )
    outgoing.on('error', () => resolve({ status: 0, text: '' }))
    outgoing.end(call.body)
  })
}

const strange = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1e21,
  1e-7,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  'null',
  '\u0000',
  '\ud800',
  'x'.repeat(300),
  '🙂',
  '__proto__',
  [],
  {},
  [[]],
  { '': 1 },
  { __proto__x: 1 },
  { 'a.b': 1, a: { b: 2 } },
  '2026-99-99T99:99:99Z',
  '0000-00-00',
  -62_000_000_000_000,
  9e15,
  { length: 1e9 },
  { toJSON: 'x' },
  { constructor: { prototype: 1 } },
)
const anything = fc.oneof(
  { weight: 2, arbitrary: strange },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown> },
)
const fields = [
  'type',
  'event',
  'userId',
  'anonymousId',
  'messageId',
  'properties',
  'traits',
  'context',
  'timestamp',
  'sentAt',
  'originalTimestamp',
  'groupId',
  'previousId',
  'name',
  'category',
  'writeKey',
  'batch',
  'integrations',
]
const types = ['identify', 'track', 'page', 'screen', 'group', 'alias']

/** A valid event with some of its fields made strange. */
const mutated = fc
  .tuple(fc.constantFrom(...types), fc.array(fc.tuple(fc.constantFrom(...fields), anything), { maxLength: 3 }))
  .map(([type, changes]): Record<string, unknown> => ({
    type,
    event: 'Fuzzed',
    userId: 'fuzz',
    anonymousId: randomUUID(),
    messageId: randomUUID(),
    groupId: 'g',
    previousId: 'p',
    properties: { a: 1 },
    traits: { email: 'f@fuzz.example' },
    context: { traits: { phone: '+14155550100' } },
    timestamp: new Date().toISOString(),
    ...Object.fromEntries(changes),
  }))
/** What a batch may say for all its events: as an event's, but deeper and larger. */
const shared = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: anything.map((context) => `,"context":${JSON.stringify(context)}`) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 6_000 }).map((depth) => `,"context":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40_000 }).map((length) => `,"context":{"a":"${'x'.repeat(length)}"}`) },
  { weight: 1, arbitrary: fc.constantFrom(',"context":{"a":1e999}', ',"context":{"a":9007199254740993}', ',"context":{"a":"\\u0000"}') },
)
const bodies = fc.oneof(
  { weight: 4, arbitrary: mutated.map((event) => JSON.stringify(event)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.array(fc.oneof({ weight: 3, arbitrary: mutated as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything }), {
          maxLength: 4,
        }),
        shared,
      )
      .map(([batch, context]) => `{"batch":${JSON.stringify(batch)},"sentAt":"${new Date().toISOString()}"${context}}`),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '{',
      '{"batch":[',
      '{"batch":{}}',
      '[]',
      'null',
      '{"event":1e999}',
      `{"batch":[${'['.repeat(3_000)}`,
      `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
      '{"a":"\\ud83d"}',
      'event=1&x=2',
      '\ufeff{}',
    ),
  },
)

type Damage = { readonly kind: 'none' | 'gzip' | 'cut' | 'flip' | 'insert'; readonly at: number; readonly byte: number }
const damage = fc.record({
  kind: fc.constantFrom<Damage['kind']>('none', 'none', 'gzip', 'cut', 'flip', 'insert'),
  at: fc.nat(),
  byte: fc.nat(255),
})

function apply(text: string, { kind, at, byte }: Damage, packed: boolean): Buffer {
  const plain = Buffer.from(text)
  const bytes = packed || kind === 'gzip' ? gzipSync(plain) : plain
  const place = at % (bytes.length + 1)
  switch (kind) {
    case 'none':
    case 'gzip':
      return bytes
    case 'cut':
      return bytes.subarray(0, place)
    case 'flip':
      return Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), bytes.subarray(place + 1)])
    case 'insert':
      return Buffer.concat([bytes.subarray(0, place), Buffer.from([byte, 0, 0xc3]), bytes.subarray(place)])
    default:
      return kind satisfies never
  }
}

const paths = [
  '/v1/identify',
  '/v1/track',
  '/v1/page',
  '/v1/screen',
  '/v1/group',
  '/v1/alias',
  '/v1/batch',
  '/v1/import',
  '/v1/t',
  '/v1/i',
  '/v1/m',
  '/v1/b',
  '/batch',
  '/v1/batch?writeKey=%00',
  '/v1/unknown',
]
const headerValue = fc.constantFrom(
  'application/json',
  'text/plain',
  'gzip',
  'deflate',
  'br',
  'Basic',
  'Basic !!!!',
  'Basic Og==',
  'x'.repeat(2_000),
  'null',
  ';;;',
  '*/*',
  'https://shop.example',
  'chunked-not',
)
const headers = fc.dictionary(
  fc.constantFrom('content-type', 'content-encoding', 'origin', 'authorization', 'accept', 'anonymousid', 'x-forwarded-for'),
  headerValue,
  { maxKeys: 3 },
)

describe('the ingest API', () => {
  it('answers 10,000 malformed requests without a 500, and works on as before', async () => {
    const key = `Basic ${Buffer.from(`${server.writeKey}:`).toString('base64')}`
    const calls = fc
      .tuple(fc.constantFrom(...paths), headers, bodies, damage, fc.boolean(), fc.integer({ min: 0, max: 9 }))
      .map(([path, extra, text, harm, packed, unsigned]): Call => ({
        path,
        headers: unsigned === 0 ? extra : { ...extra, authorization: key },
        body: apply(text, harm, packed),
      }))
    const statuses = new Map<number, number>()
    const wrong: unknown[] = []
    // One list of 10,000 rather than 10,000 properties: they go out 32 at a time.
    const all = fc.sample(calls, { numRuns: 10_000, seed: Number(process.env.FUZZ_SEED ?? 20_261_123) })
    let next = 0
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let call = all[next++]; call !== undefined; call = all[next++]) {
          const { status, text } = await send(call)
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          const known = [200, 400, 401, 404, 413].includes(status)
          if (!known || (status !== 404 && !isAnswer(text)))
            wrong.push({ ...call, body: call.body.toString('latin1').slice(0, 500), status, text })
        }
      }),
    )
    expect(wrong.slice(0, 3)).toEqual([])
    // It was not all noise: many calls were good enough to be taken.
    expect(statuses.get(200)).toBeGreaterThan(1_000)
    expect(statuses.get(400)).toBeGreaterThan(1_000)
    const { rows } = await server.pool.query<{ events: number; rejected: number; broken: number }>(
      `select count(*) as events, count(*) filter (where jsonb_typeof(properties::jsonb) <> 'object' or jsonb_typeof(context::jsonb) <> 'object') as broken,
         (select count(*) from rejected_events) as rejected from inbox`,
    )
    expect(rows[0]).toMatchObject({ broken: 0 })
    expect(rows[0]!.events).toBeGreaterThan(500)
    expect(rows[0]!.rejected).toBeGreaterThan(500)
    expect(
      await send({ path: '/v1/track', headers: { authorization: key }, body: Buffer.from('{"event":"Still here","userId":"u"}') }),
    ).toMatchObject({ status: 200 })
  }, 120_000)

  it('lives through requests that are no HTTP, or end in the middle', async () => {
    const { hostname, port } = new URL(server.url)
    const pieces = [
      '\r\n\r\n',
      'GET\r\n',
      'POST /v1/track HTTP/1.1\r\ncontent-length: 100\r\n\r\n{"event"',
      'POST /v1/track HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      '\u0000\u0001\u0002',
      'POST /v1/\u00ff HTTP/1.1\r\n\r\n',
    ]
    await Promise.all(
      pieces.map(
        (piece) =>
          new Promise<void>((resolve) => {
            const socket = connect(Number(port), hostname, () => socket.end(Buffer.from(piece, 'latin1')))
            socket.on('error', () => undefined)
            socket.on('close', () => resolve())
            socket.resume()
          }),
      ),
    )
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })
})

function isAnswer(text: string): boolean {
  try {
    const answer = JSON.parse(text) as { success?: boolean; code?: string; message?: string }
    return answer.success === true || (typeof answer.code === 'string' && typeof answer.message === 'string')
  } catch {
    return false
  }
}
