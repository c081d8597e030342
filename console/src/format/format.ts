import type { Settings } from '@throughline/contracts'

/** How the workspace writes numbers, money and times. Times are in the shop's zone. */
export interface Format {
  readonly zone: string
  readonly currency: string
  number(value: number): string
  /** `amount` in major units; the workspace's currency unless one is given. */
  money(amount: number, currency?: string): string
  /** `14:03:09` */
  clock(at: number): string
  /** `14:03` */
  minute(at: number): string
  /** `21 Nov, 14:03`, with the year when it is not this one. */
  stamp(at: number, now: number): string
  /** `Saturday, 21 November 2026` */
  day(at: number): string
  /** `21 Nov 2026` */
  date(at: number): string
  /** A day of the calendar, `2026-11-21`, as `21 Nov 2026`. */
  calendarDay(day: string): string
  /** `2026-11-21` in the shop's zone: equal for two instants of the same day there. */
  dayKey(at: number): string
  /** Everything, with the name of the zone. */
  full(at: number): string
}

const fallback = { locale: 'en-GB', zone: 'UTC', currency: 'EUR' }

/** A formatter of the workspace's settings. A zone, locale or currency that this browser does not know falls back to UTC, en-GB, plain text. */
export function makeFormat(settings: Pick<Settings, 'locale' | 'zone' | 'currency'> | undefined): Format {
  const locale = known(settings?.locale, (one) => new Intl.NumberFormat(one)) ?? fallback.locale
  const zone = known(settings?.zone, (one) => new Intl.DateTimeFormat('en', { timeZone: one })) ?? fallback.zone
  const currency = settings?.currency ?? fallback.currency
  const time = (options: Intl.DateTimeFormatOptions): ((at: number) => string) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options })
    return (at) => format.format(at)
  }
  const numbers = new Intl.NumberFormat(locale)
  const year = time({ year: 'numeric' })
  const key = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const calendar = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
  const minute = time({ hour: '2-digit', minute: '2-digit' })
  const near = time({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
  const far = time({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' })
  return {
    zone,
    currency,
    minute,
    number: (value) => numbers.format(value),
    money: (amount, other) => money(locale, amount, other ?? currency),
    clock: time({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    stamp: (at, now) => (year(at) === year(now) ? near(at) : far(at)),
    day: time({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    date: time({ day: 'numeric', month: 'short', year: 'numeric' }),
    calendarDay: (day) => calendar.format(Date.parse(day)),
    dayKey: (at) => key.format(at),
    full: time({
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    }),
  }
}

function known(value: string | undefined, attempt: (value: string) => unknown): string | undefined {
  if (value === undefined) return undefined
  try {
    attempt(value)
    return value
  } catch {
    return undefined
  }
}

function money(locale: string, amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount)
  } catch {
    return `${new Intl.NumberFormat(locale).format(amount)} ${currency}`
  }
}

/** An amount of minor units (cents) in the currency's own unit: 1,234 is 12.34 in EUR and 1,234 in JPY. */
export function minorToMajor(amount: number, currency: string): number {
  try {
    return amount / 10 ** (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2)
  } catch {
    return amount / 100
  }
}

const steps = [
  ['second', 1_000, 60],
  ['minute', 60_000, 60],
  ['hour', 3_600_000, 24],
  ['day', 86_400_000, 30],
  ['month', 2_592_000_000, 12],
  ['year', 31_536_000_000, Infinity],
] as const

/** `3 minutes ago`, `in 2 hours`; `just now` under five seconds. */
export function relative(at: number, now: number): string {
  const distance = at - now
  const size = Math.abs(distance)
  if (size < 5_000) return 'just now'
  const [unit, length] = steps.find(([, one, most]) => size < one * most) ?? steps[5]
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.round(distance / length), unit)
}

/** A length of time in at most two units: `2 d 4 h`, `35 s`. */
export function length(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const parts: string[] = []
  let rest = ms
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const) {
    const count = Math.floor(rest / size)
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`)
    else if (parts.length > 0) break
    rest -= count * size
  }
  return parts.join(' ')
}

/** `1 person`, `3 people`: the number as the workspace writes it, and the right form of the word. */
export function counted(format: Pick<Format, 'number'>, count: number, one: string, many: string): string {
  return `${format.number(count)} ${count === 1 ? one : many}`
}
