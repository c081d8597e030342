import type { SendState, CalendarEntry as Told } from '@throughline/contracts'

/** Something that is planned, or that went out. */
export interface CalendarEntry {
  readonly key: string
  readonly kind: 'campaign' | 'journey'
  readonly id: string
  readonly name: string
  /** The day on which it stands, `2026-11-24`. */
  readonly day: string
  /** What the clocks show, `09:00`. */
  readonly time: string
  /** Whose clocks: each person's own, or the shop's. */
  readonly clock: 'person' | 'shop'
  /** What it is at that time. */
  readonly what: string
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

interface Range {
  /** First and last day, `2026-11-01`. */
  readonly from: string
  readonly to: string
}

/**
 * The span of time in which all that stands on these days begins, epoch ms: in any zone, and what everybody's own clocks decide up to 14 hours
 * before these show it.
 */
export function spanOf({ from, to }: Range): { readonly from: number; readonly to: number } {
  return { from: Date.parse(from) - 28 * HOUR, to: Date.parse(to) + DAY + 14 * HOUR }
}

/**
 * What the server knows to be planned, on the days of a range, in order.
 * @param zone of the shop, IANA name
 */
export function entriesIn({ from, to }: Range, told: readonly Told[], zone: string): readonly CalendarEntry[] {
  const clock = shopClock(zone)
  return told
    .map((one, index): CalendarEntry => {
      const { kind, id, name, at, slot } = one
      const [day, time] = slot === null ? clock(at) : utcClock(slot)
      return { key: `${kind} ${id} ${index}`, kind, id, name, day, time, clock: slot === null ? 'shop' : 'person', what: whatOf(one) }
    })
    .filter(({ day }) => day >= from && day <= to)
    .toSorted((a, b) => (a.day + a.time).localeCompare(b.day + b.time) || a.name.localeCompare(b.name))
}

const stateWords: Record<SendState, string> = {
  scheduled: 'goes out',
  waiting: 'waits for an approval',
  sending: 'is going out',
  paused: 'is paused',
  done: 'went out',
  cancelled: 'was cancelled',
  undone: 'was undone',
}
const whatWords: Record<Exclude<Told['what'], 'send'>, string> = {
  repeat: 'goes out again',
  plan: 'is meant to go out; nobody has sent it yet',
  audience: 'people enter',
  opens: 'opens',
  closes: 'closes',
}

function whatOf({ what, state }: Told): string {
  return what === 'send' ? stateWords[state ?? 'scheduled'] : whatWords[what]
}

type Clock = (at: number) => readonly [day: string, time: string]

function shopClock(zone: string): Clock {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    return [`${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`, `${parts.get('hour')}:${parts.get('minute')}`]
  }
}

/** What a clock shows whose times are told as ms since 1 January 1970 there. */
const utcClock: Clock = (at) => {
  const text = new Date(at).toISOString()
  return [text.slice(0, 10), text.slice(11, 16)]
}

/** The days of a month as a calendar shows them, in weeks from Monday to Sunday, those of its neighbours besides. */
export function weeksOf(month: string): readonly (readonly string[])[] {
  const first = Date.parse(`${month}-01`)
  const begin = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY
  const weeks: string[][] = []
  for (let at = begin; weeks.length === 0 || dayOf(at).slice(0, 7) === month; at += 7 * DAY)
    weeks.push(Array.from({ length: 7 }, (_, index) => dayOf(at + index * DAY)))
  return weeks
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** A day so many days later. */
export function daysLater(day: string, days: number): string {
  return dayOf(Date.parse(day) + days * DAY)
}

/** A month so many months later, `2026-11`. */
export function monthsLater(month: string, months: number): string {
  const date = new Date(`${month}-01`)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.toISOString().slice(0, 7)
}
