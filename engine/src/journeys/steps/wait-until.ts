import { eventNames, type StepOf } from '@throughline/contracts'
import { compileClocks, dayOfTrait } from '../../conditions/index.ts'
import type { Calendar } from '../../calendar/index.ts'
import type { Resolution, StepBehaviour, Visit } from '../behaviour.ts'
import { describeClocks, instantAt, isOn, minutesOf } from './clocks.ts'

/** Events that may bring another day in the trait that somebody waits by. */
const changing = [eventNames.identified, eventNames.profileUpdated]

/**
 * Waits until the clocks show a time: the next time they do, on the days of the week that are named, or on a day that a trait
 * names. A day that changes meanwhile is waited for anew. Where the clocks leap over the time it is taken as if they had not,
 * where they show it twice it is the first.
 */
export const waitUntil: StepBehaviour<StepOf<'wait-until'>> = {
  compile({ at: time, on, zone, date }, compiler) {
    const clocksOf = zone === 'shop' ? () => compiler.context.calendar : compileClocks(compiler)
    const minutes = minutesOf(time)

    const wanted = ({ view, at }: Visit, clocks: Calendar): number | null => {
      if (date !== undefined) {
        const day = dayOfTrait(view, date.trait, clocks)
        return day === null ? null : instantAt(clocks, day + date.days, minutes)
      }
      const today = clocks.dayOf(at)
      // Within eight days every day of the week comes, today's time being over included.
      for (let day = today; day <= today + 8; day++) {
        const instant = instantAt(clocks, day, minutes)
        if (instant >= at && isOn(day, on)) return instant
      }
      return null
    }
    return (visit, { kind }): Resolution | null => {
      if (kind === 'wake') return { kind: 'go', port: 'next' }
      if (kind === 'event' && (date === undefined || (visit.run.wakesAt !== undefined && visit.now > visit.run.wakesAt))) return null
      const clocks = clocksOf(visit.view)
      if (clocks === null) return kind === 'event' ? null : { kind: 'undecided' }
      const until = wanted(visit, clocks)
      if (kind === 'event' && until === visit.run.wakesAt) return null
      if (until === null || until < visit.at) return { kind: 'go', port: 'otherwise' }
      return until === visit.at ? { kind: 'go', port: 'next' } : { kind: 'wait', until }
    }
  },
  waysOut: ({ next, date, otherwise }) =>
    date === undefined
      ? [{ port: 'next', next }]
      : [
          { port: 'next', next, label: 'on that day' },
          { port: 'otherwise', next: otherwise, label: 'no such day, or it is over' },
        ],
  // Somebody who comes at the very time goes on at once, and the next time it is not that time any more; on a trait's day it is.
  takesTime: () => false,
  hears: ({ date }) => (date === undefined ? [] : changing),
  describe: ({ at, date, ...clocks }) => `wait until ${at}${date === undefined ? '' : ` ${dayInWords(date)}`}${describeClocks(clocks)}`,
}

function dayInWords({ trait, days }: { readonly trait: string; readonly days: number }): string {
  if (days === 0) return `on the day of ${trait}`
  return `${Math.abs(days)} ${Math.abs(days) === 1 ? 'day' : 'days'} ${days < 0 ? 'before' : 'after'} the day of ${trait}`
}
