import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarOf } from './calendar.ts'

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Santiago', 'Africa/Cairo']
const at = (text: string) => Date.parse(text)

describe('a calendar', () => {
  it('begins a day where the clocks show a new date for the first time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: at('2019-01-01'), max: at('2030-01-01') }), (zone, instant) => {
        const calendar = calendarOf(zone)
        const day = calendar.dayOf(instant)
        const start = calendar.startOf(day)
        expect(calendar.dayOf(start)).toBe(day)
        expect(calendar.dayOf(start - 1)).toBe(day - 1)
        expect(start).toBeLessThanOrEqual(instant)
        expect(calendar.startOf(day + 1)).toBeGreaterThan(instant)
      }),
    )
  })

  it('reads hours and weekdays from the clocks of the zone, also after they have changed', () => {
    const berlin = calendarOf('Europe/Berlin')
    expect([berlin.hourOf(at('2026-03-29T00:30:00Z')), berlin.hourOf(at('2026-03-29T01:30:00Z'))]).toEqual([1, 3])
    expect(berlin.weekdayOf(at('2026-03-29T21:59:59Z'))).toBe(7)
    expect(berlin.weekdayOf(at('2026-03-29T22:00:00Z'))).toBe(1)
    expect(
      (berlin.startOf(berlin.dayOf(at('2026-03-29T12:00:00Z')) + 1) - berlin.startOf(berlin.dayOf(at('2026-03-29T12:00:00Z')))) / 3_600_000,
    ).toBe(23)
  })

  it('begins a day whose midnight is leapt over with the leap', () => {
    const santiago = calendarOf('America/Santiago')
    const day = santiago.dayOf(at('2026-09-06T12:00:00Z'))
    expect(new Date(santiago.startOf(day)).toISOString()).toBe('2026-09-06T04:00:00.000Z')
  })
})
