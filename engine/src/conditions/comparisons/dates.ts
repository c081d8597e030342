import { durationToMs, weekdays, type ComparisonOf, type ComparisonOp, type Json, type Problem } from '@throughline/contracts'
import type { Calendar } from '../../calendar/index.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { timeless, type ComparisonBehaviour, type ComparisonRegistry } from './behaviour.ts'
import { dayOf, instantOf, rangeOf, withDay, withInstant } from './date-value.ts'

/*
 * Dates: what is none, in the sense of date-value.ts, passes no comparison of dates.
 */
type FixedOp = 'before' | 'after' | 'between-dates'
type RelativeOp = 'in-last' | 'in-next' | 'longer-ago'
type DateOp = FixedOp | RelativeOp | 'weekday'

/** Against dates that stand: a half-open range of instants. */
function fixed<O extends FixedOp>(
  range: (comparison: ComparisonOf<O>, calendar: Calendar) => readonly [from: number, to: number],
  words: (comparison: ComparisonOf<O>) => string,
  problem?: (comparison: ComparisonOf<O>) => Problem | null,
): ComparisonBehaviour<ComparisonOf<O>> {
  return {
    compile(comparison, { calendar }) {
      const [from, to] = range(comparison, calendar)
      return timeless((given) => {
        const instant = instantOf(given, calendar)
        return instant !== null && instant >= from && instant < to
      })
    },
    toSql(comparison, { json }, sql) {
      const [from, to] = range(comparison, sql.context.calendar)
      return withInstant(json, sql, (instant) =>
        [
          ...(from === -Infinity ? [] : [`${instant} >= ${sql.parameter('Int64', from)}`]),
          ...(to === Infinity ? [] : [`${instant} < ${sql.parameter('Int64', to)}`]),
        ].join(' and '),
      )
    },
    describe: words,
    ...(problem !== undefined && { problem }),
  }
}

/**
 * Against the passing of time: it holds from `enters` to `leaves`, both counted from the date, ms.
 * In an event, time stands still at the instant of the event.
 */
function relative(
  span: (length: number) => readonly [enters: number, leaves: number],
  words: (time: string) => string,
): ComparisonBehaviour<ComparisonOf<RelativeOp>> {
  return {
    compile({ time }, { calendar }) {
      const [enters, leaves] = span(durationToMs(time))
      return {
        test(given, at) {
          const instant = instantOf(given, calendar)
          return instant !== null && at >= instant + enters && at < instant + leaves
        },
        nextChangeAt(given, now) {
          const instant = instantOf(given, calendar)
          if (instant === null) return null
          if (now < instant + enters) return instant + enters
          return now < instant + leaves && leaves !== Infinity ? instant + leaves : null
        },
      }
    },
    toSql({ time }, { json, clock }, sql) {
      const [enters, leaves] = span(durationToMs(time))
      return withInstant(json, sql, (instant) =>
        [
          `${clock} >= ${instant} + ${sql.parameter('Int64', enters)}`,
          ...(leaves === Infinity ? [] : [`${clock} < ${instant} + ${sql.parameter('Int64', leaves)}`]),
        ].join(' and '),
      )
    },
    describe: ({ time }) => words(time),
  }
}

const weekday: ComparisonBehaviour<ComparisonOf<'weekday'>> = {
  compile({ days }, { calendar }) {
    const wanted = new Set<number>(days.map((day) => weekdays.indexOf(day)))
    return timeless((given: Json | undefined) => {
      const day = dayOf(given, calendar)
      // The first of January 1970 was a Thursday.
      return day !== null && wanted.has((((day + 3) % 7) + 7) % 7)
    })
  },
  toSql: ({ days }, { json }, sql) => withDay(json, sql, (day) => `positiveModulo(${day} + 3, 7) in (${indexes(days, sql)})`),
  describe: ({ days }) => `is a ${days.map((day) => day[0]!.toUpperCase() + day.slice(1)).join(' or ')}`,
}

function indexes(days: ComparisonOf<'weekday'>['days'], sql: SqlBuilder): string {
  return days.map((day) => sql.parameter('Int64', weekdays.indexOf(day))).join(', ')
}

export const dateComparisons: Pick<ComparisonRegistry, DateOp & ComparisonOp> = {
  before: fixed(
    ({ date }, calendar) => [-Infinity, rangeOf(date, null, calendar)[0]],
    ({ date }) => `is before ${date}`,
  ),
  after: fixed(
    ({ date }, calendar) => [rangeOf(null, date, calendar)[1], Infinity],
    ({ date }) => `is after ${date}`,
  ),
  'between-dates': fixed(
    ({ from, to }, calendar) => rangeOf(from, to, calendar),
    ({ from, to }) => `is from ${from} to ${to}`,
  ),
  'in-last': relative(
    (length) => [0, length],
    (time) => `is in the last ${time}`,
  ),
  'in-next': relative(
    (length) => [-length, 0],
    (time) => `is in the next ${time}`,
  ),
  'longer-ago': relative(
    (length) => [length, Infinity],
    (time) => `is more than ${time} ago`,
  ),
  weekday,
}
