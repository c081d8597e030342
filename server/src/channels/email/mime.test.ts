import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Transfer } from './body.ts'
import { joinMime, writeMime } from './mime.ts'
import { encodeQuotedPrintable } from './quoted-printable.ts'

/** RFC 2045, 6.7, a line and a byte at a time. */
function plainQuotedPrintable(text: string): string {
  return text
    .split('\r\n')
    .map((line) => {
      let [written, column] = ['', 0]
      const bytes = Buffer.from(line, 'utf8')
      for (const [index, byte] of bytes.entries()) {
        const isLast = index === bytes.length - 1
        const isPlain = byte === 32 || byte === 9 ? !isLast : byte > 32 && byte < 127 && byte !== 61
        const word = isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
        if (column + word.length > (isLast ? 76 : 75)) [written, column] = [`${written}=\r\n`, 0]
        written += word
        column += word.length
      }
      return written
    })
    .join('\r\n')
}

/** The same body written plainly: one step after the other over the whole text, each with what the language has for it. */
function plainBody(id: string, contents: readonly (readonly [type: string, content: string])[], transfer: Transfer): Buffer {
  const boundary = `=_tl_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`
  const parts = contents.map(([type, content]) => {
    const text = content.replace(/\r\n|\r|\n/g, '\r\n')
    const bytes = Buffer.from(text, 'utf8')
    const isAscii = bytes.length === text.length
    const hasShortLines = bytes
      .toString('latin1')
      .split('\n')
      .every((line) => line.length <= 900)
    const asItIs = (isAscii || transfer === '8bit') && hasShortLines && !/[^\t\r\n\x20-\x7e\x80-\uffff]/.test(text)
    const encoding = asItIs ? (isAscii ? '7bit' : '8bit') : 'quoted-printable'
    const head = `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
    return Buffer.concat([Buffer.from(head), asItIs ? bytes : Buffer.from(plainQuotedPrintable(text)), Buffer.from('\r\n')])
  })
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])
}

function expectSame(text: string, html: string, transfer: Transfer): void {
  const { headers, body } = writeMime('m1', [{ name: 'Subject', value: 'Grüße', structured: true }], { text, html }, transfer)
  const plain = plainBody(
    'm1',
    [
      ['text/plain', text],
      ['text/html', html],
    ],
    transfer,
  )
  // As text first, which says where they part.
  expect(body.toString('latin1')).toBe(plain.toString('latin1'))
  const head = Buffer.from(`${headers.map((header) => header.line).join('\r\n')}\r\n\r\n`)
  expect(joinMime({ headers, body }).equals(Buffer.concat([head, plain]))).toBe(true)
}

const line = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '<p>Hello</p>',
    'word '.repeat(30),
    'Grüße',
    '漢字かな',
    '😀',
    '\ud800',
    '\t',
    'a\tb',
    ' ',
    '=20',
    '\u007f',
    '\0',
    '\u001b',
  ),
  fc.integer({ min: 895, max: 904 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 445, max: 452 }).map((length) => 'ü'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
)
const clean = fc.oneof(
  fc.constantFrom('', '.', '<p>Hello</p>', 'word '.repeat(30), '\t'),
  fc.integer({ min: 895, max: 901 }).map((length) => 'x'.repeat(length)),
  fc.string({ unit: fc.constantFrom('a', '~', ' ', 'é', '😀'), maxLength: 12 }),
)
const textOf = (of: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(fc.tuple(of, fc.constantFrom('\n', '\n', '\r\n', '\r', '')), { maxLength: 12 }).map((lines) => lines.flat().join(''))

test.each(['7bit', '8bit'] as const)('a body of %s is the same bytes as one that is written plainly', (transfer) => {
  fc.assert(
    fc.property(fc.oneof(textOf(line), textOf(clean)), textOf(clean), (text, html) => {
      expectSame(text, html, transfer)
      expectSame(html, text, transfer)
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['no text at all', ''],
  ['many line ends', '\n'.repeat(300_000)],
  ['a huge text', `${'line of text\n'.repeat(60_000)}`],
  ['a huge text of other letters', '漢字\n'.repeat(200_000)],
  ['a huge line', 'x'.repeat(400_000)],
  ['a huge line of other letters', '漢'.repeat(150_000)],
])('so is one of %s', (_what, text) => {
  for (const transfer of ['7bit', '8bit'] as const) {
    expectSame('short', text, transfer)
    expectSame(text, 'short', transfer)
  }
})

test('quoted-printable of any text is that of one line and one byte at a time, and stays when the next is written', () => {
  const piece = fc.oneof(
    fc.constantFrom(' ', '\t', '\r', '\n', '\r\n', ' \r\n', '\t\r', '=', 'word ', '€', '😀', '\0', '~'),
    fc.integer({ min: 72, max: 77 }).map((length) => 'x'.repeat(length)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join('')
      const encoded = encodeQuotedPrintable(text)
      encodeQuotedPrintable('other words')
      expect(encoded.toString('latin1')).toBe(plainQuotedPrintable(text))
    }),
    { numRuns: 3_000 },
  )
})
