import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tidy } from './tidy.ts'

function tidyByPatterns(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

test('a text is tidied as patterns would do it, whatever blanks it holds', () => {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('\n', ' ', '\t', '\r\n', '\r', '\u00a0', '\u2028', '\ufeff', '\u0085', '\0') },
    { weight: 4, arbitrary: fc.constantFrom('word', 'two words', 'é', '😀', '.') },
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join('')
      expect(tidy(text)).toBe(tidyByPatterns(text))
    }),
    { numRuns: 5_000 },
  )
})
