import { durationToMs, type StepOf } from '@throughline/contracts'
import { compileClocks } from '../../conditions/index.ts'
import type { Calendar } from '../../calendar/index.ts'
import { hash32 } from '../../hash.ts'
import type { StepBehaviour } from '../behaviour.ts'
import { describeClocks, instantAt, isOn, minutesOf } from './clocks.ts'

/** The hours of one day, as instants; empty where the clocks leap over them. */
interface Hours {
  readonly opens: number
  readonly closes: number
}

/**
 * Lets people pass at certain hours, on certain days of the week. Those who come outside of them wait until the hours begin,
 * and a part of `spread` longer that is their own, so that they do not all come at once; never past the end of the hours.
 */
export const timeWindow: StepBehaviour<StepOf<'time-window'>> = {
  compile({ from, to, on, zone, spread }, compiler) {
    const clocksOf = zone === 'shop' ? () => compiler.context.calendar : compileClocks(compiler)
    const [opens, closes] = [minutesOf(from), minutesOf(to)]
    const apart = durationToMs(spread)
    const hoursOf = (clocks: Calendar, day: number): Hours => ({
      opens: instantAt(clocks, day, opens),
      closes: instantAt(clocks, closes > opens ? day : day + 1, closes),
    })
    return ({ run, view, at }, { kind }) => {
      if (kind === 'event') return null
      if (kind === 'wake') return { kind: 'go', port: 'next' }
      const clocks = clocksOf(view)
      if (clocks === null) return { kind: 'undecided' }
      const today = clocks.dayOf(at)
      // Hours that began yesterday may last until today; within eight days from then every day of the week comes.
      for (let day = today - 1; day <= today + 8; day++) {
        const hours = hoursOf(clocks, day)
        if (!isOn(day, on) || hours.closes <= at || hours.closes <= hours.opens) continue
        if (hours.opens <= at) return { kind: 'go', port: 'next' }
        const room = Math.min(apart, hours.closes - hours.opens - 1)
        const own = room <= 0 ? 0 : Math.floor((hash32(run.id) / 2 ** 32) * room)
        return { kind: 'wait', until: hours.opens + own }
      }
      return { kind: 'go', port: 'next' }
    }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe: ({ from, to, ...clocks }) => `go on only from ${from} to ${to}${describeClocks(clocks)}`,
}
