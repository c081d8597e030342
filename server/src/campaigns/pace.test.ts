import { expect, test } from 'vitest'
import { makePace } from './pace.ts'

const send = { id: 'spring#1', startedAt: 1_000_000 }

test('the first look goes by all since the beginning, later ones by the last minute', () => {
  const pace = makePace()
  expect(pace(send, 1_030_000, 600)).toBe(1_200)
  expect(pace(send, 1_040_000, 600)).toBe(0)
  expect(pace(send, 1_060_000, 900)).toBe(600)
  // Looks of more than a minute ago count no more.
  expect(pace(send, 1_099_000, 900)).toBe(305)
  expect(pace(send, 1_101_000, 900)).toBe(0)
})

test('looks that come at once, and a clock that is set back, give no pace out of nothing', () => {
  const pace = makePace()
  expect(pace(send, 1_000_000, 5)).toBe(300)
  expect(pace(send, 1_000_001, 6)).toBe(60)
  expect(pace(send, 999_000, 6)).toBe(360)
  expect(pace({ id: 'other#1', startedAt: null }, 5, 1)).toBe(60)
})
