import { msToDuration } from '@throughline/contracts'

const roundTo = [
  [172_800_000, 86_400_000],
  [7_200_000, 3_600_000],
  [120_000, 60_000],
] as const

/** How long ago, in a unit a person would choose: `"just now"`, `"59 seconds ago"`, `"1 hour ago"`, `"3 days ago"`. */
export function sayAgo(ms: number): string {
  if (ms < 1_000) return 'just now'
  const unit = roundTo.find(([from]) => ms >= from)?.[1] ?? 1_000
  return `${msToDuration(Math.floor(ms / unit) * unit).replace(/^(\d+) weeks?$/, (_, weeks) => `${Number(weeks) * 7} days`)} ago`
}

const formats = new Map<string, { thisYear: Intl.DateTimeFormat; otherYear: Intl.DateTimeFormat }>()

/** A day as people write it, in the given zone: `"3 May"`, with the year when it is not that of `now`. */
export function sayDay(at: number, now: number, zone: string): string {
  let format = formats.get(zone)
  if (format === undefined) {
    format = {
      thisYear: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: zone }),
      otherYear: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: zone }),
    }
    formats.set(zone, format)
  }
  const withYear = format.otherYear.format(at)
  return withYear.slice(-4) === format.otherYear.format(now).slice(-4) ? format.thisYear.format(at) : withYear
}

const nexts = new Map<string, { soon: Intl.DateTimeFormat; later: Intl.DateTimeFormat }>()

/** An instant to come, by the clocks of a zone: `"Tuesday 09:00"`, with the day of the month from six days on: `"12 May 09:00"`. */
export function sayWhen(at: number, now: number, zone: string): string {
  let format = nexts.get(zone)
  if (format === undefined) {
    const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const
    format = {
      soon: new Intl.DateTimeFormat('en-GB', { weekday: 'long', ...time }),
      later: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', ...time }),
    }
    nexts.set(zone, format)
  }
  return (at - now < 6 * 86_400_000 ? format.soon : format.later).format(at).replace(/,| at/, '')
}
