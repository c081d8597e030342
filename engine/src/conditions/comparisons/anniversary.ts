import type { ComparisonOf, Json } from '@throughline/contracts'
import type { Calendar } from '../../calendar/index.ts'
import type { ComparisonBehaviour } from './behaviour.ts'
import { dayOf, withDay } from './date-value.ts'

/*
 * The day and month of a date come round every year, whatever its year is; 29 February comes on 28 February in years without
 * one. It holds from `daysBefore` days before that day until `daysAfter` after it, by the calendar of the workspace.
 */
const DAY = 86_400_000

interface Window {
  readonly before: number
  readonly after: number
}

const windowOf = ({ daysBefore = 0, daysAfter = 0 }: ComparisonOf<'anniversary'>): Window => ({ before: daysBefore, after: daysAfter })

/** Month and day of a day, as a number: 1231 for 31 December. */
function monthAndDay(day: number): number {
  const date = new Date(day * DAY)
  return (date.getUTCMonth() + 1) * 100 + date.getUTCDate()
}

/** The days of the year, as numbers such as 1231, of which the window is open on this day. */
function openOn(today: number, { before, after }: Window): ReadonlySet<number> {
  const open = new Set<number>()
  for (let day = today - after; day <= today + before; day++) {
    const found = monthAndDay(day)
    open.add(found)
    if (found === 228 && monthAndDay(day + 1) !== 229) open.add(229)
  }
  return open
}

export const anniversary: ComparisonBehaviour<ComparisonOf<'anniversary'>> = {
  aboutToday: true,
  compile(comparison, { calendar }) {
    const window = windowOf(comparison)
    const open = onceADay((today) => openOn(today, window))
    const isOpen = (given: number, today: number): boolean => open(today).has(monthAndDay(given))
    return {
      test(given, at) {
        const day = dayOf(given, calendar)
        return day !== null && isOpen(day, calendar.dayOf(at))
      },
      nextChangeAt: (given, now) => nextChange(given, now, window, calendar),
    }
  },
  toSql(comparison, { json }, sql) {
    const open = openOn(sql.context.calendar.dayOf(sql.now), windowOf(comparison))
    const date = (day: string): string => `addDays(toDate32('1970-01-01'), ${day})`
    const days = sql.parameter('Array(Int64)', [...open])
    return withDay(json, sql, (day) => `has(${days}, toInt64(toMonth(${date(day)}) * 100 + toDayOfMonth(${date(day)})))`)
  },
  describe(comparison) {
    const { before, after } = windowOf(comparison)
    const days = (count: number): string => `${count} day${count === 1 ? '' : 's'}`
    if (before === 0 && after === 0) return 'has its anniversary today'
    if (after === 0) return `has its anniversary today or in the next ${days(before)}`
    if (before === 0) return `has its anniversary today or had it in the last ${days(after)}`
    return `has its anniversary within the next ${days(before)} or had it in the last ${days(after)}`
  },
}

function nextChange(given: Json | undefined, now: number, { before, after }: Window, calendar: Calendar): number | null {
  const day = dayOf(given, calendar)
  if (day === null) return null
  const today = calendar.dayOf(now)
  const date = new Date(day * DAY)
  const year = new Date(today * DAY).getUTCFullYear()
  let next: number | null = null
  // A window may reach over the turn of the year on both sides.
  for (let around = year - 1; around <= year + 2; around++) {
    const lastOfMonth = new Date(Date.UTC(around, date.getUTCMonth() + 1, 0)).getUTCDate()
    const comes = Date.UTC(around, date.getUTCMonth(), Math.min(date.getUTCDate(), lastOfMonth)) / DAY
    for (const change of [comes - before, comes + after + 1]) if (change > today && (next === null || change < next)) next = change
  }
  return next === null ? null : calendar.startOf(next)
}

/** Computes something of a day when the day is not that of the last call. */
function onceADay<T>(compute: (today: number) => T): (today: number) => T {
  let known: { readonly today: number; readonly value: T } | undefined
  return (today) => {
    if (known?.today !== today) known = { today, value: compute(today) }
    return known.value
  }
}
