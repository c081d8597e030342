import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { describe, expect, test } from 'vitest'
import type { Outgoing } from '../port.ts'
import { normaliseEmail } from './address.ts'
import { readDkimKey, type DkimKey } from './dkim.ts'
import { mailbox } from './mime.ts'
import { encodeQuotedPrintable } from './quoted-printable.ts'
import { writeEmail } from './smtp.ts'
import { marked } from '../../templates/index.ts'
import { addTracking } from './track.ts'

function makeMessage(content: Partial<Outgoing<'email'>['content']> = {}): Outgoing<'email'> {
  return {
    id: 'a1b2c3',
    shard: 3,
    profileId: 'p',
    personId: 'p',
    address: 'ann@example.com',
    createdAt: 0,
    content: {
      channel: 'email',
      from: mailbox('tea@shop.example', 'Tee & Ünsal'),
      subject: 'Dein Warenkorb wartet: Tee „Grün“ und noch einiges mehr, das hier nicht in eine Zeile passt',
      html: '<p>Grüße &amp; mehr</p>\n.\n..\n',
      text: 'Grüße\n.\nEnde  \n\n\n',
      headers: {
        'Message-ID': '<a1b2c3@shop.example>',
        'List-Unsubscribe': `<https://track.shop.example/u/${'x'.repeat(150)}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
      ...content,
    },
  }
}

const keys = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: generateKeyPairSync('ed25519'),
}

function dnsRecord(type: keyof typeof keys, publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return `v=DKIM1; k=${type}; p=${(type === 'rsa' ? der : der.subarray(-32)).toString('base64')}`
}

async function verify(raw: Buffer, type: keyof typeof keys): Promise<{ result: string; fields: string }> {
  const { results } = await dkimVerify(raw, { resolver: async () => [[dnsRecord(type, keys[type].publicKey)]] } as never)
  const first = results[0] as { status: { result: string }; signingHeaders?: { keys: string } } | undefined
  return { result: first?.status.result ?? 'none', fields: (first?.signingHeaders?.keys ?? '').toLowerCase() }
}

describe.each(['rsa', 'ed25519'] as const)('a DKIM signature by %s', (type) => {
  const key: DkimKey = {
    domain: 'shop.example',
    selector: 's1',
    key: readDkimKey(keys[type].privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  }

  test('is good for an independent verifier, and covers the unsubscribe fields', async () => {
    const { result, fields } = await verify(writeEmail(makeMessage(), 'ann@example.com', key, '8bit'), type)
    expect(result).toBe('pass')
    for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post'])
      expect(fields).toContain(name)
  })

  test('is good whatever the texts are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ maxLength: 300 }),
        fc.array(fc.constantFrom(' ', '\t', '\r\n', '\n', 'a', '=', '.', 'ü', '😀'), { maxLength: 60 }),
        async (subject, html, pieces) => {
          const raw = writeEmail(
            makeMessage({ subject: subject.replace(/\s+/g, ' ').trim() || 'x', html, text: pieces.join('') }),
            'ann@example.com',
            key,
            '8bit',
          )
          expect((await verify(raw, type)).result).toBe('pass')
        },
      ),
      { numRuns: 60 },
    )
  })

  test('is bad once a line of the message has changed', async () => {
    const raw = writeEmail(makeMessage(), 'ann@example.com', key, '8bit').toString('latin1')
    expect(
      (await verify(Buffer.from(raw.replace('List-Unsubscribe=One-Click', 'List-Unsubscribe=Nothing'), 'latin1'), type)).result,
    ).not.toBe('pass')
    expect((await verify(Buffer.from(raw.replace('mehr</p>', 'weniger</p>'), 'latin1'), type)).result).not.toBe('pass')
  })
})

describe('a message', () => {
  test('holds the text and the HTML part, in that order, with lines that every relay carries', () => {
    const raw = writeEmail(makeMessage({ html: `<p>${'long '.repeat(500)}</p>`, text: 'Grüße' }), 'ann@example.com', null, '7bit').toString(
      'latin1',
    )
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
    expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'))
    expect(raw).not.toMatch(/[^\r]\n|[\x80-\xff]/)
  })

  test('goes as it is to a server that takes 8 bits, unless a relay behind it could break its signature', () => {
    const message = makeMessage({ html: '<p>Grüße</p>', text: 'Grüße' })
    const plain = writeEmail(message, 'ann@example.com', null, '8bit').toString('utf8')
    expect(plain.match(/^Content-Transfer-Encoding: .*$/gm)).toEqual(Array(2).fill('Content-Transfer-Encoding: 8bit'))
    expect(plain).toContain('<p>Grüße</p>')
    const key = { domain: 'shop.example', selector: 's1', key: keys.ed25519.privateKey }
    expect(writeEmail(message, 'ann@example.com', key, '8bit').toString('latin1')).not.toMatch(/[\x80-\xff]/)
  })

  test('lets no value start a header field', () => {
    const raw = writeEmail(
      makeMessage({ subject: 'a\r\nBcc: all@example.com', headers: { 'Reply-To': 'x@y.example\r\nBcc: b@c.example' } }),
      'ann@example.com',
      null,
      '8bit',
    ).toString('latin1')
    expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m)
  })

  test('writes names with other letters as encoded words', () => {
    expect(mailbox('a@b.example', 'Tea "Best" \\')).toBe('"Tea \\"Best\\" \\\\" <a@b.example>')
    expect(mailbox('a@b.example', 'Ödeme')).toMatch(/^=\?UTF-8\?Q\?=C3=96deme\?= <a@b\.example>$/)
  })
})

test('quoted-printable says any text in short lines of ASCII, and reads back as it was', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(' ', '\t', '\r\n', '=', '€', '😀', 'word '.repeat(20), 'x'.repeat(76)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = Buffer.from(pieces.join(''), 'utf8').toString('utf8')
      const encoded = encodeQuotedPrintable(text).toString('latin1')
      expect(encoded).toMatch(/^[\t\r\n\x20-\x7e]*$/)
      for (const line of encoded.split('\r\n')) {
        expect(line.length).toBeLessThanOrEqual(76)
        expect(line).not.toMatch(/[ \t]$/)
      }
      const bytes = encoded
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      expect(Buffer.from(bytes, 'latin1').toString('utf8')).toBe(text)
    }),
  )
})

test.each([
  ['ann@example.com', 'ann@example.com'],
  [' Ann.O@Bücher.example ', 'Ann.O@xn--bcher-kva.example'],
  ['ann@example.com\r\nBcc: x@y.example', null],
  ['ann', null],
  ['<ann@example.com>', null],
  ['a b@example.com', null],
  ['ann@exa mple.com', null],
  ['.ann@example.com', null],
  ['ann@intranet', null],
])('the address %j reads as %j', (given, expected) => {
  expect(normaliseEmail(given)).toBe(expected)
})

test('tracking leads links of the web by us, and leaves the unsubscribe link and all others alone', () => {
  const own = 'https://t.example/u/TOKEN'
  const html = `<body><a class="b" href="https://shop.example/a?x=1&amp;y=2">A</a><a href='http://shop.example/b'>B</a><a href="${own}">U</a><a href="mailto:a@b.example">M</a><a href="#top">T</a><link href="https://shop.example/c.css"></body>`
  const seen: string[] = []
  const tracked = addTracking(marked(html), {
    open: 'https://t.example/o/T',
    own,
    click: (url) => (seen.push(url), `https://t.example/c/${seen.length}`),
  }).text
  expect(seen).toEqual(['https://shop.example/a?x=1&y=2', 'http://shop.example/b'])
  expect(tracked).toBe(
    `<body><a class="b" href="https://t.example/c/1">A</a><a href="https://t.example/c/2">B</a><a href="${own}">U</a><a href="mailto:a@b.example">M</a><a href="#top">T</a><link href="https://shop.example/c.css"><img src="https://t.example/o/T" width="1" height="1" alt="" style="border:0;width:1px;height:1px"></body>`,
  )
})
