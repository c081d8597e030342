import type { JsonObject } from '@throughline/contracts'
import { expect, test } from 'vitest'
import { parseExactly, pathsOf, valueAt } from './json.ts'
import { rowsOf } from './rows.ts'

test('numbers that a plain number would round become texts, and digits inside texts stay', () => {
  const text =
    '{"id":820982911946154508,"neg":-9223372036854775807,"ok":9007199254740991,"s":"820982911946154508 \\" 12345678901234567","f":0.12345678901234567,"e":1e21}'
  expect(parseExactly(text)).toEqual({
    id: '820982911946154508',
    neg: '-9223372036854775807',
    ok: 9007199254740991,
    s: '820982911946154508 " 12345678901234567',
    f: Number('0.12345678901234567'),
    e: 1e21,
  })
  expect(() => parseExactly('{"a":')).toThrow(SyntaxError)
})

test('a body that ends within a text is refused after one look, however many quotes stand in it', { timeout: 5_000 }, () => {
  // Looked at anew from each quote this takes longer than a test may.
  expect(() => parseExactly(`{"a":1234567890123456,"b":"${'\\"'.repeat(80_000)}`)).toThrow(SyntaxError)
})

const order: JsonObject = {
  id: 7,
  customer: { email: 'a@b.example', emails: [{ value: 'x@y.example' }] },
  'a.b': 1,
  lines: [{ sku: 'A' }, { sku: 'B', qty: 2 }],
  tags: ['x'],
}

test('paths lead through objects and lists, and to fields that have dots in their names', () => {
  expect(
    ['customer.email', 'customer.emails.0.value', 'a.b', 'lines.1.sku', '', 'lines.9.sku', 'id.x', 'customer.toString', 'tags'].map(
      (path) => valueAt(order, path),
    ),
  ).toEqual(['a@b.example', 'x@y.example', 1, 'B', order, null, null, null, ['x']])
  expect(pathsOf([{ id: 1, lines: order.lines! }], true)).toEqual(['id', 'lines[].sku', 'lines[].qty'])
  expect(pathsOf([{ id: 1, lines: order.lines! }], false)).toEqual(['id', 'lines.0.sku', 'lines.1.sku', 'lines.1.qty'])
})

test('a path into a list makes a row of each of its entries, with what stands outside in each', () => {
  expect(rowsOf(order, ['id', 'lines[].sku', 'lines[].qty']).cells).toEqual([
    [7, 'A', null],
    [7, 'B', 2],
  ])
  expect(rowsOf({ id: 8, lines: [] }, ['id', 'lines[].sku']).cells).toEqual([[8, null]])
})
