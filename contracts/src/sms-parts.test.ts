import { expect, it } from 'vitest'
import { countSmsParts } from './sms-parts.ts'

it.each([
  ['160 places of the phones’ alphabet are one text message', 'é'.repeat(160), 1, 'gsm'],
  ['one more makes two', 'x'.repeat(161), 2, 'gsm'],
  ['a part of several holds 153', 'x'.repeat(307), 3, 'gsm'],
  ['a euro sign takes two places', '€'.repeat(80) + 'x', 2, 'gsm'],
  ['a letter of another alphabet leaves 70 places', 'ş'.repeat(70), 1, 'unicode'],
  ['an emoji takes two of them, and 67 stand in a part', `${'x'.repeat(133)}🎁`, 3, 'unicode'],
])('%s', (_, text, parts, alphabet) => {
  expect(countSmsParts(text)).toMatchObject({ parts, alphabet })
})
