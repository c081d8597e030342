import { weekdays, type Weekday } from '@throughline/contracts'
import type { Calendar } from '../../calendar/index.ts'

const DAY = 86_400_000

/** Minutes since midnight of a time such as `09:30`. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/** The instant, epoch ms, at which the clocks show so many minutes after midnight of a day, given as its number since 1970. */
export function instantAt(clocks: Calendar, day: number, minutes: number): number {
  return clocks.instantOf(day * DAY + minutes * 60_000)
}

/** Whether a day, given as its number since 1970, is one of these days of the week; any is when none are named. */
export function isOn(day: number, on: readonly Weekday[] | undefined): boolean {
  // The first of January 1970 was a Thursday, and weeks begin with Monday.
  return on === undefined || on.includes(weekdays[(((day + 3) % 7) + 7) % 7]!)
}

/** ` on monday or friday, by the shop's clocks` */
export function describeClocks({ on, zone }: { readonly on?: readonly Weekday[] | undefined; readonly zone: 'person' | 'shop' }): string {
  const days = on === undefined ? '' : ` on ${on.map((day) => day.charAt(0).toUpperCase() + day.slice(1)).join(' or ')}`
  return `${days}, by ${zone === 'shop' ? 'the shop’s' : 'the person’s'} clocks`
}
