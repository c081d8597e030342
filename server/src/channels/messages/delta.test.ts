import { setTimeout as sleep } from 'node:timers/promises'
import { shardOf, templateSchema, type JsonObject, type TemplateOf } from '@throughline/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settings } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeSilentLog } from '../../platform/log/index.ts'
import { makeSecrets } from '../../platform/secrets/index.ts'
import { marked, MARKS, type EmailMarks, type Skeleton } from '../../templates/index.ts'
import { compileTemplate, type CompiledTemplate } from '../../templates/compile.ts'
import { parsePart } from '../../templates/liquid.ts'
import { tidy } from '../../templates/tidy.ts'
import { composeEmail } from '../email/compose.ts'
import { joinMime, writeMime } from '../email/mime.ts'
import { makeLinks } from '../links/index.ts'
import type { ContentOf } from '../port.ts'
import { hashOf } from './delta.ts'
import { readContent } from './list.ts'
import { compress, frame, unpack } from './pack.ts'
import { makePacker } from './packer.ts'
import { makeSkeletons } from './skeletons.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())

type Email = ContentOf<'email'> & { readonly [MARKS]: EmailMarks }

const links = makeLinks(makeSecrets(Buffer.alloc(32, 7)))
const profileId = '018f0000-0000-7000-8000-000000000001'

function compile(texts: Pick<TemplateOf<'email'>, 'html' | 'text'>): Promise<CompiledTemplate<'email'>> {
  const definition = templateSchema.parse({ kind: 'template', id: 't', name: 'T', channel: 'email', subject: 'Grüße {{ a }}', ...texts })
  return compileTemplate<'email'>(definition as TemplateOf<'email'>)
}

function compose(template: CompiledTemplate<'email'>, variables: JsonObject, purpose: 'marketing' | 'transactional' = 'marketing'): Email {
  const person = { id: profileId, traits: {} }
  const message = { id: 'campaign:1', shard: 1, profileId, person, address: 'ann@shop.example', purpose, variables }
  return composeEmail({ ...message, template, settings, tracking: true, createdAt: 0, config: null }, { links })
}

const skeletonOf = (content: Email): Skeleton | undefined => (content[MARKS].html.marks[0] ?? content[MARKS].text.marks[0])?.fixed.skeleton

/** Reads a copy with the skeleton that it names. */
function read(packed: Buffer, content: Email): Promise<unknown> {
  return unpack(packed, (hash) => {
    const skeleton = skeletonOf(content)!
    return hash.equals(hashOf(skeleton)) ? Promise.resolve(skeleton.text) : Promise.reject(new Error('another skeleton was asked for'))
  })
}

const plain = ({ [MARKS]: _, ...content }: Email): ContentOf<'email'> => content

const inUtf8 = (text: string): string => Buffer.from(text).toString()

const paragraph = '<p style="font:16px Arial">The next harvest comes in spring, and this one is nearly gone.</p>'

const piece = fc.oneof(
  fc.constantFrom(
    '{{ a }}',
    '{{ b | upcase }}',
    '{{ unsubscribe_url }}',
    '<a href="{{ unsubscribe_url }}">No more of these e-mails</a>',
    '<a class="button" href="https://shop.example/cart?n={{ a }}">To your cart</a>',
    '<a class="button" href="https://shop.example/always/the/same">To all of the teas</a>',
    '{% for x in list %}<tr><td class="name">{{ x }} and more</td></tr>\n{% endfor %}',
    '{% for x in list %}   \n\n\n   words of more than sixteen letters   \n\n\n{% endfor %}',
    '{% if a %}something that is written for some of them{% else %}and something for all the others{% endif %}',
    '{% case a %}{% when "x" %}something that is written for some{% else %}and something for the others{% endcase %}',
    '{% capture c %}captured, and then said twice\n\n\n\nwith room{% endcapture %}{{ c }}{{ c | size }}{{ c }}',
    '{% assign d = a | append: "!" %}{{ d }}',
    '{% tablerow x in list %}a cell that is a few words wide{% endtablerow %}',
    '</body>',
    '<body class="the body of the whole mail">',
    paragraph,
    paragraph.repeat(4),
    'A line with ümläuts, which are two bytes each\n',
    '\n\n\n   Blank lines before and after this one   \n\n\n\n and in it \n\n\n',
    'A line that ends as on Windows\r\nand another one of the same kind\r\n',
    'A line that ends half so\r',
    '\n',
    ' ',
    'é',
    '😀',
    'a bell \u0007 rings in this line of text',
  ),
  fc.integer({ min: 440, max: 460 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 890, max: 905 }).map((length) => `${'x'.repeat(length)}\n`),
)
const value = fc.oneof(
  fc.constantFrom(
    'x',
    '',
    'Tom & Ann',
    'a\nb',
    'ü',
    '\r',
    ' \n\n ',
    '\u0007',
    'https://shop.example/?q=1&r="2"',
    '</body>',
    'word '.repeat(60),
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const values = fc.record({ a: value, b: value, list: fc.array(value, { maxLength: 4 }) })

test('what is marked stands there; bytes and copies made of it are those made of the texts alone', { timeout: 180_000 }, async () => {
  let named = 0
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.array(piece, { maxLength: 12 }), values, async (html, text, given) => {
      const sources = { html: html.join(''), text: text.join('') }
      const template = await compile(sources)
      const variables = { ...given, unsubscribe_url: 'https://track.shop.example/u/token' }
      const options = { zone: 'UTC', locale: 'en', currency: 'EUR' }
      expect(template.render(variables, options)).toMatchObject({
        html: parsePart('t', 'html', sources.html, 'html').render(variables, options),
        text: tidy(parsePart('t', 'text', sources.text, 'text').render(variables, options)),
      })
      const content = compose(template, given)
      for (const part of ['html', 'text'] as const) {
        let from = 0
        expect(content[MARKS][part]).toEqual(marked(content[part], content[MARKS][part].marks))
        for (const { at, fixed } of content[MARKS][part].marks) {
          expect(at).toBeGreaterThanOrEqual(from)
          expect(content[part].slice(at, at + fixed.text.length)).toBe(fixed.text)
          expect(fixed.skeleton.text.slice(fixed.at, fixed.at + fixed.text.length)).toBe(fixed.text)
          from = at + fixed.text.length
        }
      }
      for (const transfer of ['7bit', '8bit'] as const) {
        const made = joinMime(writeMime('m', [], content, transfer))
        expect(made.toString('latin1')).toBe(joinMime(writeMime('m', [], plain(content), transfer)).toString('latin1'))
      }
      const framed = frame(content, () => true)
      named += framed[0] === 1 ? 1 : 0
      const said = await read(compress(framed), content)
      expect(said).toEqual(await read(compress(frame(content)), content))
      expect(said).toEqual({ ...plain(content), html: inUtf8(content.html), text: inUtf8(content.text) })
    }),
    { numRuns: 2_000 },
  )
  expect(named).toBeGreaterThan(1_000)
})

const usual = {
  html: `<html><body>Hello {{ a }},${paragraph.repeat(60)}<p><a href="https://shop.example/cart?n={{ b }}">Your cart</a></p><p><a href="{{ unsubscribe_url }}">No more</a></p></body></html>`,
}

test('a copy holds what is of one message alone, and its way out once', async () => {
  const content = compose(await compile(usual), { a: 'Ann', b: 'x' })
  const framed = frame(content, () => true)
  const said = framed.toString()
  expect(said).toContain('Ann')
  expect(said).not.toContain('harvest')
  const way = content.headers['List-Unsubscribe']!.slice(1, -1)
  expect(content.html + content.text).toContain(way)
  expect(said.split(way)).toHaveLength(2)
  expect(framed.length).toBeLessThan(1_300)
  expect(skeletonOf(content)?.text).not.toMatch(/Ann|\/u\//)
})

test('a skeleton is kept once, copies name it from then on, and they are read back from the database', async () => {
  const skeletons = makeSkeletons(database.pool, makeSilentLog())
  const template = await compile(usual)
  const content = compose(template, { a: 'Ann', b: 'x' })
  const first = frame(content, skeletons.isKept)
  expect(first[0]).not.toBe(1)
  await until(() => frame(content, skeletons.isKept)[0] === 1)
  const second = frame(compose(await compile(usual), { a: 'Tom', b: 'y' }), skeletons.isKept)
  expect(second[0]).toBe(1)
  // Another process finds it there.
  const others = makeSkeletons(database.pool, makeSilentLog())
  await until(() => others.isKept(skeletonOf(content)!))
  expect((await database.pool.query('select 1 from message_skeletons')).rows).toHaveLength(1)

  const shard = shardOf(profileId)
  const packer = makePacker()
  const [whole, short] = await packer.pack([first, second])
  await packer.close()
  await database.pool.query(
    `insert into message_contents (shard, message_id, content, created_at)
     values ($1::smallint, 'whole', $2::bytea, 0), ($1::smallint, 'short', $3::bytea, 0)`,
    [shard, whole, short],
  )
  expect(await readContent(database.pool, shard, 'whole')).toEqual(plain(content))
  expect(await readContent(database.pool, shard, 'short')).toEqual(plain(compose(template, { a: 'Tom', b: 'y' })))
})

test('where a skeleton cannot be kept, copies are kept whole', async () => {
  const skeletons = makeSkeletons(
    { query: () => Promise.reject(new Error('the database is away')) } as unknown as TestDatabase['pool'],
    makeSilentLog(),
  )
  const content = compose(await compile(usual), { a: 'Ann', b: 'x' })
  for (let look = 0; look < 3; look++) {
    const framed = frame(content, skeletons.isKept)
    expect(framed[0]).not.toBe(1)
    expect(await read(compress(framed), content)).toEqual(plain(content))
    await sleep(10)
  }
})

test('a copy with much that is its own is compressed, a huge one kept whole, and a damaged one is not taken for another', async () => {
  const template = await compile(usual)
  const long = compose(template, { a: 'Ann and Tom '.repeat(400), b: 'x' })
  const packed = compress(frame(long, () => true))
  expect(packed[0]).not.toBe(1)
  expect(packed.length).toBeLessThan(1_800)
  expect(await read(packed, long)).toEqual(plain(long))
  const huge = compose(template, { a: 'Ann and Tom '.repeat(20_000), b: 'x' })
  expect(await read(compress(frame(huge, () => true)), huge)).toEqual(plain(huge))
  const usualOne = compose(template, { a: 'Ann', b: 'x' })
  const framed = Buffer.from(frame(usualOne, () => true))
  framed[framed.length - 3]! ^= 1
  await expect(read(framed, usualOne)).rejects.toThrow('incorrect data check')
})

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 6_000) throw new Error('it never was so')
    await sleep(10)
  }
}
