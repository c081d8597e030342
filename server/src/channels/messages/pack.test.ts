import { gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { shardOf } from '@throughline/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import type { Content } from '../port.ts'
import { readContent } from './list.ts'
import { compress, frame, unpack as unpackWith } from './pack.ts'
import { makePacker } from './packer.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())

const pack = (content: Content): Buffer => compress(frame(content))
const unpack = (packed: Buffer): Promise<Content | null> =>
  unpackWith(packed, (hash) => Promise.reject(new Error(`no skeleton was expected, least of all ${hash.toString('hex')}`)))

const email = (html: string, text = 'Hello', headers: Record<string, string> = {}): Content => ({
  channel: 'email',
  from: '"Shop" <shop@shop.example>',
  subject: 'Grüße',
  html,
  text,
  headers,
})
const table = `<td class="a" style='b'>\n\t\\ "Ünïcode" 😀 \u2028 \0 </td>\r\n`.repeat(40)

test('a copy gives back what the message looked like, on every channel', async () => {
  const contents: Content[] = [
    email(table, table.toUpperCase(), { 'List-Unsubscribe': `<https://shop.example/${'u/'.repeat(300)}>` }),
    email('', ''),
    { channel: 'inbox', title: 'Hi', body: table, url: null, image: null },
    { channel: 'webhook', url: `https://shop.example/?${'a=1&'.repeat(100)}`, method: 'POST', headers: { a: 'b' }, body: table },
    { channel: 'sms', recipient: '+4915112345678', title: null, body: 'Short', url: null },
  ]
  for (const content of contents) expect(await unpack(pack(content))).toEqual(content)
})

test('texts of any length and alphabet come back, whatever was packed before them', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 30_000 }))
      .map(([piece, times]) => piece.repeat(times)),
  )
  await fc.assert(
    fc.asyncProperty(text, text, fc.string({ unit: 'binary' }), async (html, plain, subject) => {
      const content = { ...email(html, plain), subject }
      expect(await unpack(pack(content))).toEqual(content)
    }),
    { numRuns: 200 },
  )
})

test('two copies made one after the other do not share their bytes', async () => {
  const first = pack(email(table))
  pack(email(table.replaceAll('a', 'b')))
  expect(await unpack(first)).toEqual(email(table))
})

test('copies are small, and their long texts are not written as JSON', () => {
  const packed = pack(email(table))
  expect(packed.length).toBeLessThan(gzipSync(JSON.stringify(email(table)), { level: 1 }).length * 1.1)
  expect(inflateSync(packed).toString('utf8').endsWith(`\n${table}`)).toBe(true)
})

test('copies from before are read as well, one that is damaged is not taken for another', async () => {
  const old = gzipSync(JSON.stringify(email(table)), { level: 1 })
  expect(gunzipSync(old)[0]).toBe('{'.charCodeAt(0))
  const profileId = crypto.randomUUID()
  const shard = shardOf(profileId)
  await database.pool.query(
    `insert into message_contents (shard, message_id, content, created_at)
     values ($1::smallint, 'old', $2::bytea, 0), ($1::smallint, 'new', $3::bytea, 0)`,
    [shard, old, pack(email(table))],
  )
  expect(await readContent(database.pool, shard, 'old')).toEqual(email(table))
  expect(await readContent(database.pool, shard, 'new')).toEqual(email(table))
  expect(await readContent(database.pool, shard, 'none')).toBe(null)
  const damaged = pack(email(table))
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1
  await expect(unpack(damaged)).rejects.toThrow('incorrect data check')
})

test('copies compressed beside are those compressed here, few or many, also when their thread ends in between', async () => {
  const packer = makePacker()
  const contents = Array.from({ length: 40 }, (_, n) => email(`${n} ${table}`))
  const look = async (count: number): Promise<void> => {
    const frames = contents.slice(0, count).flatMap((content) => [frame(content), null])
    const packed = await packer.pack(frames)
    expect(packed).toHaveLength(count * 2)
    for (const [n, content] of contents.slice(0, count).entries()) {
      expect(packed[n * 2]?.equals(pack(content))).toBe(true)
      expect(packed[n * 2 + 1]).toBeNull()
    }
  }
  await look(1)
  await look(40)
  const busy = Promise.all([look(40), look(30), look(20)])
  await packer.close()
  await busy
  await look(40)
  await packer.close()
})
