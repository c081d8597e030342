import { expect, it } from 'vitest'
import { goesByOwnClocks, whenWords } from './campaign-words.ts'
import { makeFormat } from './format.ts'

const format = makeFormat({ locale: 'en-GB', zone: 'Europe/Amsterdam', currency: 'EUR' })

it('a time that names its distance from UTC is said by the shop’s clock, and goes by nobody’s own', () => {
  const when = { kind: 'once', at: '2026-07-01T23:30:00-02:00', zone: 'person' } as const
  expect(whenWords(when, format)).toBe('on 2 Jul 2026 at 03:30 shop time')
  expect(goesByOwnClocks(when)).toBe(false)
})

it('a time without one is said as it is written', () => {
  const when = { kind: 'once', at: '2026-07-01 09:00', zone: 'person' } as const
  expect(whenWords(when, format)).toBe('on 1 Jul 2026 at 09:00 their time')
  expect(goesByOwnClocks(when)).toBe(true)
  expect(whenWords({ kind: 'once', at: '2026-07-01', zone: 'shop' }, format)).toBe('on 1 Jul 2026 at 00:00 shop time')
})
