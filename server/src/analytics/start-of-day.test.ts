import { expect, test } from 'vitest'
import { startOfDay } from './start-of-day.ts'

test('a day begins at midnight of the zone, also on days on which clocks change', () => {
  const at = (zone: string, now: string) => new Date(startOfDay(Date.parse(now), zone)).toISOString()
  expect(at('UTC', '2026-03-29T12:34:56Z')).toBe('2026-03-29T00:00:00.000Z')
  expect(at('Europe/Berlin', '2026-03-29T12:00:00Z')).toBe('2026-03-28T23:00:00.000Z')
  expect(at('Europe/Berlin', '2026-10-25T12:00:00Z')).toBe('2026-10-24T22:00:00.000Z')
  expect(at('Asia/Kolkata', '2026-01-01T00:00:00Z')).toBe('2025-12-31T18:30:00.000Z')
  expect(at('America/Los_Angeles', '2026-01-01T07:59:00Z')).toBe('2025-12-31T08:00:00.000Z')
})
