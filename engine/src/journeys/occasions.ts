import { weekdays, type JourneyEntryOf, type Occasion } from '@throughline/contracts'
import { calendarOf } from '../calendar/index.ts'
import { instantOf } from '../conditions/index.ts'
import { shortKey } from '../hash.ts'
import { instantAt, isOn, minutesOf } from './steps/clocks.ts'

const DAY = 86_400_000
/** Every month has a day for an occasion, so that within so many days one comes. */
const FAR = 32

/**
 * The latest time up to an instant at which an audience was to come in, epoch ms; null: none within the last 32 days, or as soon as it
 * is published. With `UTC` as the zone it says what the clocks show, as ms since 1 January 1970 there.
 * @param zone IANA name
 */
export function latestOccasion(when: Occasion, zone: string, upTo: number): number | null {
  const clocks = calendarOf(zone)
  if (when.kind === 'once') {
    const at = when.at === undefined ? null : instantOf(when.at, clocks)
    return at !== null && at <= upTo ? at : null
  }
  const today = clocks.dayOf(upTo)
  for (let day = today + 1; day > today - FAR; day--) {
    const at = instantAt(clocks, day, minutesOf(when.at))
    if (at <= upTo && isDay(when, day)) return at
  }
  return null
}

/**
 * The first time from an instant on, epoch ms; null: none. With `UTC` as the zone it says what the clocks show, as ms since 1 January 1970 there.
 * @param zone IANA name
 */
export function nextOccasion(when: Occasion, zone: string, from: number): number | null {
  const clocks = calendarOf(zone)
  if (when.kind === 'once') {
    const at = when.at === undefined ? null : instantOf(when.at, clocks)
    return at !== null && at >= from ? at : null
  }
  const today = clocks.dayOf(from)
  for (let day = today; day < today + FAR; day++) {
    const at = instantAt(clocks, day, minutesOf(when.at))
    if (at >= from && isDay(when, day)) return at
  }
  return null
}

function isDay(when: Exclude<Occasion, { kind: 'once' }>, day: number): boolean {
  switch (when.kind) {
    case 'daily':
      return true
    case 'weekly':
      return isOn(day, when.on)
    case 'monthly': {
      const date = new Date(day * DAY)
      const lastOfMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
      return date.getUTCDate() === Math.min(when.day, lastOfMonth)
    }
    default:
      return when satisfies never
  }
}

/**
 * What tells one audience of a journey from its others, in every version: whom it takes in and when. Where it stands among the entries, and what else
 * they say, does not matter.
 */
export function audienceKey({ segment, when, zone }: JourneyEntryOf<'audience'>): string {
  const at = 'at' in when ? (when.at ?? null) : null
  const on = when.kind === 'weekly' ? weekdays.filter((day) => when.on.includes(day)) : null
  return shortKey(JSON.stringify([segment ?? null, when.kind, at, on, when.kind === 'monthly' ? when.day : null, zone]))
}

/** An occasion in words: `every Monday and Friday at 09:00`. */
export function describeOccasion(when: Occasion): string {
  switch (when.kind) {
    case 'once':
      return when.at === undefined ? 'as soon as it is published' : `at ${when.at}`
    case 'daily':
      return `every day at ${when.at}`
    case 'weekly': {
      const days = weekdays.filter((day) => when.on.includes(day)).map((day) => day.charAt(0).toUpperCase() + day.slice(1))
      return `every ${days.join(' and ')} at ${when.at}`
    }
    case 'monthly':
      return `on day ${when.day} of every month at ${when.at}`
    default:
      return when satisfies never
  }
}
