import type { JourneyEntryOf } from '@throughline/contracts'
import type { Calendar } from '../calendar/index.ts'
import { compileClocks, dayOfTrait, type Compiler, type View } from '../conditions/index.ts'
import { instantAt, minutesOf } from './steps/clocks.ts'

const DAY = 86_400_000

/** When an entry by a date comes round for somebody. */
export interface DueDate {
  /** Epoch ms. */
  readonly at: number
  /** The day that the clocks show then, as its number since 1970. */
  readonly day: number
}

/** The first time after an instant; null: never, or not known while their history is still being read. */
export type NextDate = (view: View, after: number) => DueDate | null

/**
 * The first time after an instant at which the clocks show the time of an entry on its day. The day and month of a date come round
 * every year; 29 February comes on 28 February in years without one.
 */
export function compileDate({ trait, days, at: time, zone, every }: JourneyEntryOf<'date'>, compiler: Compiler): NextDate {
  const clocksOf = zone === 'shop' ? () => compiler.context.calendar : compileClocks(compiler)
  const minutes = minutesOf(time)
  const dueOn = (clocks: Calendar, day: number): DueDate => ({ at: instantAt(clocks, day + days, minutes), day: day + days })
  return (view, after) => {
    const clocks = clocksOf(view)
    const day = clocks === null ? null : dayOfTrait(view, trait, clocks)
    if (clocks === null || day === null) return null
    if (every === 'once') {
      const due = dueOn(clocks, day)
      return due.at > after ? due : null
    }
    // The days from the date may reach over turns of years.
    const year = new Date(after - days * DAY).getUTCFullYear()
    for (let around = year - 1; around <= year + 2; around++) {
      const due = dueOn(clocks, inYear(day, around))
      if (due.at > after && around >= new Date(day * DAY).getUTCFullYear()) return due
    }
    const first = dueOn(clocks, day)
    return first.at > after ? first : null
  }
}

function inYear(day: number, year: number): number {
  const date = new Date(day * DAY)
  const lastOfMonth = new Date(Date.UTC(year, date.getUTCMonth() + 1, 0)).getUTCDate()
  return Date.UTC(year, date.getUTCMonth(), Math.min(date.getUTCDate(), lastOfMonth)) / DAY
}
