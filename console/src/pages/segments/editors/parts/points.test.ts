import { expect, it } from 'vitest'
import { readPoint, sayPoint } from './points.ts'

it.each([
  ['47.3769, 8.5417', 47.3769, 8.5417],
  ['47.3769,8.5417', 47.3769, 8.5417],
  [' (-33.86 151.21) ', -33.86, 151.21],
  ['47,37; 8,54', 47.37, 8.54],
  ['47,37 8,54', 47.37, 8.54],
  ['47,37, 8,54', 47.37, 8.54],
  ['47.3769°, 8.5417°', 47.3769, 8.5417],
  ['47, 8', 47, 8],
  ['47', 47, Number.NaN],
  ['Bern', Number.NaN, Number.NaN],
  ['1, 2, 3', Number.NaN, Number.NaN],
  ['', Number.NaN, Number.NaN],
])('reads “%s” as a point', (text, lat, lng) => {
  expect(readPoint(text)).toEqual({ lat, lng })
})

it('writes a point as it reads it', () => {
  const point = { lat: -33.8688, lng: 151.2093 }
  expect(readPoint(sayPoint(point))).toEqual(point)
  expect(sayPoint({ lat: Number.NaN, lng: 3 })).toBe('')
})
