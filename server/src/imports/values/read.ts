import type { FileSettings } from '@throughline/contracts'
import { zonedToUtc } from '../../profiles/index.ts'

const yes = new Set(['true', 'yes', 'y', '1', 'on', 'ja', 'oui', 'si', 'sí', 'wahr', 'x'])
const no = new Set(['false', 'no', 'n', '0', 'off', 'nein', 'non', 'falsch'])

/** Yes or no in the words that exports use; null for anything else. */
export function readYesNo(text: string): boolean | null {
  const word = text.trim().toLowerCase()
  return yes.has(word) ? true : no.has(word) ? false : null
}

/**
 * A number as people write it, as exact decimal text such as `-1234.5`: with a decimal mark, thousands in groups of three,
 * and a currency before or behind it. Null for anything else.
 */
export function readDecimal(text: string, mark: '.' | ','): string | null {
  const plain = text.trim().replace(/^(?:\p{Sc}|[A-Z]{3})\s*|\s*(?:\p{Sc}|[A-Z]{3})$/gu, '')
  const bracketed = /^\((.+)\)$/.exec(plain)
  const body = (bracketed?.[1] ?? plain).replace(/\p{Sc}/gu, '').trim()
  const [, sign = '', whole = '', fraction = ''] =
    (mark === '.'
      ? /^([+-]?)(\d+|\d{1,3}(?:[, '’\u00a0\u202f]\d{3})+)(?:\.(\d+))?$/
      : /^([+-]?)(\d+|\d{1,3}(?:[. '’\u00a0\u202f]\d{3})+)(?:,(\d+))?$/
    ).exec(body) ?? []
  if (whole === '') return null
  const digits = whole.replace(/\D/g, '').replace(/^0+(?=\d)/, '')
  const negative = sign === '-' || bracketed !== null
  return `${negative ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}`
}

/** {@link readDecimal} as a number; null also beyond 2^53. */
export function readNumber(text: string, mark: '.' | ','): number | null {
  const decimal = readDecimal(text, mark) ?? (/^[+-]?\d+(\.\d+)?e[+-]?\d+$/i.test(text.trim()) ? text.trim() : null)
  if (decimal === null) return null
  const number = Number(decimal)
  return Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : null
}

/** An amount of money in whole minor units (cents), exactly; null for no amount, or one finer than the currency. */
export function readMinor(text: string, mark: '.' | ',', digits: number): number | null {
  const decimal = readDecimal(text, mark)
  if (decimal === null) return null
  const [whole = '0', fraction = ''] = decimal.split('.')
  const kept = fraction.replace(/0+$/, '')
  if (kept.length > digits) return null
  const minor = Number(`${whole}${kept.padEnd(digits, '0')}`)
  return Number.isSafeInteger(minor) ? minor : null
}

/** An id as its system says it: numbers that a spreadsheet or data frame wrote with a decimal, such as 17850.0, lose it. */
export function readId(text: string): string {
  return /^\d{1,15}[.,]0$/.test(text) ? text.slice(0, -2) : text
}

/** How many decimals a currency has (ISO 4217): 2 for EUR, 0 for JPY. */
export function minorDigits(currency: string): number {
  let digits = digitsOf.get(currency)
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    digitsOf.set(currency, digits)
  }
  return digits
}

const digitsOf = new Map<string, number>()

const datePattern =
  /^(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})(?:(?:T|,?\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([ap]\.?m\.?)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$/i

/** The three numbers of a date and the sign between them; null for what is no date. */
export function splitDate(text: string): { numbers: readonly [number, number, number]; sign: string } | null {
  const match = datePattern.exec(text.trim())
  if (match === null) return null
  return { numbers: [Number(match[1]), Number(match[3]), Number(match[4])], sign: match[2]! }
}

/** A date that was read: the instant, epoch ms, and whether a time of day stood there. */
export interface ReadDate {
  readonly at: number
  readonly timed: boolean
  /** `2026-01-31`, as the clock at its place showed it. */
  readonly day: string
}

/**
 * A date or time as exports have it: year first (ISO 8601), or day and month in the file's order, with `-`, `.` or `/`; a
 * time of day with or without seconds, am and pm, and a zone; or seconds or milliseconds since 1970. A time without a zone
 * is one of the file's zone. Null for anything else, and for days that do not exist.
 */
export function readDate(text: string, file: Pick<FileSettings, 'dateOrder' | 'zone'>): ReadDate | null {
  const plain = text.trim()
  if (/^\d{10}$|^\d{13}$/.test(plain)) {
    const at = plain.length === 10 ? Number(plain) * 1_000 : Number(plain)
    return { at, timed: true, day: new Date(at).toISOString().slice(0, 10) }
  }
  const match = datePattern.exec(plain)
  if (match === null) return null
  const [a, b, c] = [match[1]!, match[3]!, match[4]!]
  const [year, month, day] = a.length === 4 ? [a, b, c] : file.dateOrder === 'mdy' ? [c, a, b] : [c, b, a]
  if (year.length === 3 || year.length === 1 || month.length > 2 || day.length > 2) return null
  const full = year.length === 2 ? (Number(year) < 70 ? 2_000 : 1_900) + Number(year) : Number(year)
  let hour = Number(match[5] ?? 0)
  const half = match[8]?.[0]?.toLowerCase()
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (half === 'p' ? 12 : 0)
  }
  const [minute, second] = [Number(match[6] ?? 0), Number(match[7] ?? 0)]
  const reading = Date.UTC(full, Number(month) - 1, Number(day), hour, minute, second)
  const back = new Date(reading)
  if (full < 1000 || back.getUTCMonth() !== Number(month) - 1 || back.getUTCDate() !== Number(day)) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const zone = match[9]
  const at = zone === undefined ? zonedToUtc(reading, file.zone) : reading - offsetOf(zone)
  return { at, timed: match[5] !== undefined, day: back.toISOString().slice(0, 10) }
}

/** Milliseconds by which a zone such as +02:00 is ahead of UTC. */
function offsetOf(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return (match[1] === '-' ? -minutes : minutes) * 60_000
}
