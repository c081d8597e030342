import { z } from 'zod'

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:(Z)|([+-])(\d{2})(?::?(\d{2}))?)?)?$/

/** The groups of this: year, month, day, hour, minute, second, fraction, `Z`, sign, hours and minutes of the offset. RE2 reads it too. */
export const datePattern: string = pattern.source

/**
 * A day, `2026-05-01`, or an instant, `2026-05-01 12:00`, by the clocks of the workspace unless it says otherwise:
 * `2026-05-01T12:00:00Z`, `2026-05-01T12:00+02:00`.
 */
export const dateTextSchema = z
  .string()
  .regex(pattern, 'write a day such as "2026-05-01", or an instant such as "2026-05-01 12:00" or "2026-05-01T12:00:00Z"')
  .refine((text) => readDate(text) !== null, 'a day that exists, of the years 1901 to 2298')
  .meta({ id: 'Date', examples: ['2026-05-01', '2026-05-01 12:00', '2026-05-01T12:00:00Z'] })

/** What a text says as a date. */
export interface ReadDate {
  /** What a calendar and a clock show, as ms since 1 January 1970, 00:00 there; or since that instant in UTC where `isInstant`. */
  readonly ms: number
  /** Whether it says how far the clock is from UTC. */
  readonly isInstant: boolean
  /** Whether it says a day and no time of it. */
  readonly isDay: boolean
}

const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** A text as a date: ISO 8601, of the years 1901 to 2298; `null` when it is none. Fractions beyond milliseconds are cut. */
export function readDate(text: string): ReadDate | null {
  // Most texts are none, and are told by their fifth character.
  if (text.charCodeAt(4) !== 45) return null
  const found = pattern.exec(text)
  if (found === null) return null
  const number = (group: number): number => Number(found[group] ?? 0)
  const [year, month, day] = [number(1), number(2), number(3)]
  if (year < 1901 || year > 2298 || month < 1 || month > 12 || day < 1 || day > days[month - 1]!) return null
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (month === 2 && day === 29 && !isLeap) return null
  const [hour, minute, second] = [number(4), number(5), number(6)]
  const [offsetHours, offsetMinutes] = [number(10), number(11)]
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return null
  const fraction = found[7] === undefined ? 0 : Number(`${found[7]}00`.slice(0, 3))
  const offset = (offsetHours * 60 + offsetMinutes) * (found[9] === '-' ? -60_000 : 60_000)
  return {
    ms: Date.UTC(year, month - 1, day, hour, minute, second, fraction) - offset,
    isInstant: found[8] !== undefined || found[9] !== undefined,
    isDay: found[4] === undefined,
  }
}
