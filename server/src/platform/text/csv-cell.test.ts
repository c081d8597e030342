import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { csvCell } from './index.ts'

test('texts that a spreadsheet would run get an apostrophe, numbers and phone numbers do not', () => {
  for (const text of ['=1+1', '+1+cmd', '-2+3', '@SUM(A1)', '\tx']) expect(csvCell(text)).toMatch(/^"?'/)
  for (const text of ['+4930123456', '-12.5', 'a=b', '']) expect(csvCell(text)).toBe(text)
  expect(csvCell(-3)).toBe('-3')
  expect(csvCell(null)).toBe('')
})

test('whatever a cell holds, a reader finds it again', () => {
  const cells = ['a,b', 'say "no"', 'two\nlines', 'plain', ' blank ']
  expect(parse(cells.map(csvCell).join(','))).toEqual([cells])
})
