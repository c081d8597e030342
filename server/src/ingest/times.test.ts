import { expect, test } from 'vitest'
import { readTime } from './times.ts'

const at = Date.UTC(2026, 0, 1, 10, 0, 0, 123)

test.each([
  '2026-01-01T10:00:00.123Z',
  '2026-01-01T10:00:00,123Z',
  '2026-01-01t10:00:00.123z',
  '2026-01-01 10:00:00,123Z',
  '2026-01-01T10:00:00.123',
  '2026-01-01T10:00:00,123',
  '2026-01-01T12:00:00.123+02:00',
  '2026-01-01T12:00:00,123+0200',
  '2026-01-01T12:00:00,123+02',
  at,
])('%s is one and the same time', (text) => {
  expect(readTime(text)).toBe(at)
})

test.each(['yesterday', '2026-13-01', '2026-01-01T10:00:00,Z', '1969-12-31T23:59:59Z', '', NaN, -1, null, {}])('%s is no time', (value) => {
  expect(readTime(value)).toBeUndefined()
})
