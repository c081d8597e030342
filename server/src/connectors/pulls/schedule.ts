import type { PullSchedule } from '@throughline/contracts'
import { zonedToUtc } from '../../profiles/index.ts'

const DAY_MS = 86_400_000

/**
 * When a pull is due next, epoch ms, behind `now`.
 * @param due when this run was due; times between runs are counted from there, so that they do not creep
 */
export function nextRun(schedule: PullSchedule, zone: string, due: number, now: number): number {
  switch (schedule.kind) {
    case 'every': {
      const step = schedule.minutes * 60_000
      const missed = Math.max(0, Math.floor((now - due) / step))
      return due + (missed + 1) * step
    }
    case 'daily': {
      const [hour, minute] = schedule.at.split(':').map(Number) as [number, number]
      const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(
        now,
      )
      const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value)
      const today = Date.UTC(part('year'), part('month') - 1, part('day'), hour, minute)
      const at = zonedToUtc(today, zone)
      return at > now ? at : zonedToUtc(today + DAY_MS, zone)
    }
    default:
      return schedule satisfies never
  }
}

const FIRST_MS = 60_000
const LONGEST_MS = 6 * 3_600_000

/** How long to wait after so many failures in a row, ms: a minute, then twice as long each time, six hours at most. */
export function backOff(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20))
}
