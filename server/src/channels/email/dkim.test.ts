import fc from 'fast-check'
import { expect, test } from 'vitest'
import { relaxBody } from './dkim.ts'

/** RFC 6376, 3.4.4, as it is written there. */
function asWritten(body: string): string {
  const text = body
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)*$/, '')
  return text === '' ? '' : `${text}\r\n`
}

test('a body is relaxed as the RFC says', () => {
  const piece = fc.constantFrom('a', 'Tea', ' ', '  ', '\t', '\r\n', '\r', '\n', '\r\n\r\n', 'ü', '.', '=20')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const body = pieces.join('')
      expect(relaxBody(Buffer.from(body, 'utf8')).toString('utf8')).toBe(asWritten(body))
    }),
    { numRuns: 2_000 },
  )
  // The examples of 3.4.5 and 3.4.3.
  expect(relaxBody(Buffer.from(' C \r\nD \t E\r\n\r\n\r\n')).toString()).toBe(' C\r\nD E\r\n')
  expect(relaxBody(Buffer.from('\r\n\r\n'))).toHaveLength(0)
})
