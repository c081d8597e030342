import { durationToMs, type WindowFields } from '@throughline/contracts'
import type { Calendar } from '../calendar/index.ts'
import type { View } from './behaviour.ts'
import { instantOf, instantToSql, rangeOf } from './comparisons/index.ts'
import type { ConditionContext } from './context.ts'
import type { SqlBuilder } from './sql-builder.ts'
import { traitNames, readTrait, traitToSql } from './trait.ts'

const DAY = 86_400_000

/** Which time a question is about. An event of time `at` counts at `now` while `from(now) <= at`, `at < to`. */
export interface Window {
  /** The first instant inside, epoch ms; `-Infinity` when all of the past is. */
  from(now: number): number
  /** The first instant behind a fixed window. */
  readonly to: number
  /** The instant at which an event of this time leaves the window; `Infinity`: never. Never earlier for a later event. */
  leavesAt(at: number): number
  /** Whether time alone changes what is inside. */
  readonly timed: boolean
  /** Whether no event outside ever comes to count: then a memory need not hold it. */
  readonly fixed: boolean
  /** How long after its time an event can matter, ms; `undefined`: for ever. */
  readonly within: number | undefined
  /** How many days of the calendar it is long, when that is its measure. */
  readonly days: number | undefined
  /** The fixed bounds, for keys of memories; the same for windows that move. */
  readonly key: readonly [from: number, to: number] | null
  /** Set where it begins at a date that a trait says: ask {@link windowFor} for the window of a person. */
  readonly anchor?: {
    /** The instant, epoch ms; `Infinity` where the trait says no date, so that nothing counts. */
    of(view: View): number
    /** Names of the traits that it reads. */
    readonly traits: readonly string[]
  }
}

const never = (): number => Infinity

const ever: Window = {
  from: () => -Infinity,
  to: Infinity,
  leavesAt: never,
  timed: false,
  fixed: false,
  within: undefined,
  days: undefined,
  key: null,
}

export function slidingWindow(within: number): Window {
  // Times are whole milliseconds: after `now - within` is from one later on.
  return { ...ever, from: (now) => now - within + 1, leavesAt: (at) => at + within, timed: true, within }
}

/** Today and the days before it, `days` in all. */
export function calendarWindow(days: number, calendar: Calendar): Window {
  return {
    ...ever,
    from: (now) => calendar.startOf(calendar.dayOf(now) - days + 1),
    leavesAt: (at) => calendar.startOf(calendar.dayOf(at) + days),
    timed: true,
    within: (days + 1) * DAY,
    days,
  }
}

/*
 * What is remembered for a window since a date is remembered for all of time: the latest events are the latest of whatever window
 * reaches up to now. So a change of the date is answered at once, and no history has to be read for it.
 */
function anchoredWindow(trait: string, calendar: Calendar): Window {
  const of = (view: View): number => instantOf(readTrait(view.traits, trait), calendar) ?? Infinity
  return { ...ever, anchor: { of, traits: traitNames(trait) } }
}

/** The window as it is for one person: the same for everybody, but where it begins at a date of theirs. */
export function windowFor(window: Window, view: View): Window {
  if (window.anchor === undefined) return window
  const from = window.anchor.of(view)
  return { ...window, from: () => from }
}

/** Names of the traits that a window hangs on. */
export function traitsOf(window: Window): readonly string[] {
  return window.anchor?.traits ?? []
}

export function compileWindow({ within, calendarDays, between, since }: WindowFields, { calendar }: ConditionContext): Window {
  if (since !== undefined) return anchoredWindow(since.trait, calendar)
  if (within !== undefined) return slidingWindow(durationToMs(within))
  if (calendarDays !== undefined) return calendarWindow(calendarDays, calendar)
  if (between === undefined) return ever
  const [from, to] = rangeOf(between.from ?? null, between.to ?? null, calendar)
  return { ...ever, from: () => from, to, fixed: true, key: [Math.max(from, -8.64e15), Math.min(to, 8.64e15)] }
}

/** Whether an event of this time can ever count: always, but for windows that do not move. */
export function canCount(window: Window, at: number): boolean {
  return !window.fixed || (at >= window.from(at) && at < window.to)
}

/** Behind all of time. */
const nowhere = 'toInt64(9000000000000000000)'

/** The instant at which a window since a date begins, as a ClickHouse column of the person; `undefined` for other windows. */
export function anchorToSql({ since }: WindowFields, sql: SqlBuilder): string | undefined {
  return since === undefined ? undefined : sql.derived(instantToSql(traitToSql(since.trait, sql), nowhere, sql))
}

/**
 * The window as ClickHouse expressions over `at`, and over `received_at` to skip rows that cannot be inside. What {@link anchorToSql}
 * says is not among them, since it is not known while rows are read.
 */
export function windowToSql(
  fields: WindowFields,
  sql: SqlBuilder,
): { readonly parts: readonly string[]; readonly rows: readonly string[] } {
  // No event is received before its time, and by the time of receipt whole months can be skipped.
  if (fields.within !== undefined) {
    const since = `{now:Int64} - ${sql.parameter('Int64', durationToMs(fields.within))}`
    return { parts: [`at > ${since}`], rows: [`received_at > ${since}`] }
  }
  const window = compileWindow(fields, sql.context)
  const from = window.from(sql.now)
  const parts: string[] = []
  const rows: string[] = []
  if (Number.isFinite(from)) {
    parts.push(`at >= ${sql.parameter('Int64', from)}`)
    rows.push(`received_at >= ${sql.parameter('Int64', from)}`)
  }
  if (Number.isFinite(window.to)) parts.push(`at < ${sql.parameter('Int64', window.to)}`)
  return { parts, rows }
}

/** ` in the last 30 days`; empty when all of the past counts. */
export function describeWindow({ within, calendarDays, between, since }: WindowFields): string {
  if (since !== undefined) return ` since their ${since.trait}`
  if (within !== undefined) return ` in the last ${within}`
  if (calendarDays !== undefined) return calendarDays === 1 ? ' today' : ` in the last ${calendarDays} calendar days`
  if (between === undefined) return ''
  if (between.from === undefined) return ` until ${between.to}`
  return between.to === undefined ? ` since ${between.from}` : ` from ${between.from} to ${between.to}`
}

/** When the answer changes by time, for the line that says how exact it is. */
export function sayWhenWindowMoves({ within, calendarDays, between, since }: WindowFields): string {
  if (since !== undefined) return 'Another date counts at once; without one, nothing does.'
  if (within !== undefined) return 'Events leave the window to the millisecond.'
  if (calendarDays !== undefined) return 'Days leave the window at midnight in the shop’s time zone.'
  return between === undefined ? 'All of history counts.' : 'The window is fixed; what arrives late counts for when it happened.'
}
