import { expect, test } from 'vitest'
import { backOff, nextRun } from './schedule.ts'

const at = (text: string): number => Date.parse(text)
const minute = 60_000

test('every so many minutes is counted from when a run was due, and what was missed is run once', () => {
  const every = { kind: 'every', minutes: 30 } as const
  const due = at('2026-01-01T10:00:00Z')
  expect(nextRun(every, 'UTC', due, due + 5_000)).toBe(due + 30 * minute)
  expect(nextRun(every, 'UTC', due, due + 100 * minute)).toBe(due + 120 * minute)
  expect(nextRun(every, 'UTC', due, due + 30 * minute)).toBe(due + 60 * minute)
})

test('daily is at that time on the clocks of the shop, also when these change', () => {
  const daily = { kind: 'daily', at: '06:30' } as const
  const next = (now: string) => new Date(nextRun(daily, 'Europe/Berlin', 0, at(now))).toISOString()
  expect(next('2026-03-28T05:29:59Z')).toBe('2026-03-28T05:30:00.000Z')
  expect(next('2026-03-28T05:30:00Z')).toBe('2026-03-29T04:30:00.000Z')
  expect(next('2026-10-24T23:30:00Z')).toBe('2026-10-25T05:30:00.000Z')
  expect(new Date(nextRun(daily, 'America/Los_Angeles', 0, at('2026-06-01T02:00:00Z'))).toISOString()).toBe('2026-06-01T13:30:00.000Z')
})

test('after failures it waits twice as long each time, six hours at most', () => {
  expect([1, 2, 3, 9, 10, 500].map((failures) => backOff(failures) / minute)).toEqual([1, 2, 4, 256, 360, 360])
})
