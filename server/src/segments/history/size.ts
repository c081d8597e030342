import type { SegmentHistory } from '@throughline/contracts'
import { nameOfDay } from '../days.ts'
import type { DailyChange } from './changes.ts'

/** A point for each of the days `from` to `to`, out of all changes there ever were: the size is what they add up to. */
export function sizeOverTime(changes: readonly DailyChange[], from: number, to: number): SegmentHistory['days'] {
  const byDay = new Map(changes.map((change) => [change.day, change]))
  let size = changes.filter(({ day }) => day < from).reduce((sum, change) => sum + netOf(change), 0)
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const { entered, left, filled, dropped } = byDay.get(from + i) ?? { entered: 0, left: 0, filled: 0, dropped: 0 }
    size += entered + filled - left - dropped
    return { day: nameOfDay(from + i), size, entered, left, filled, dropped }
  })
}

function netOf({ entered, left, filled, dropped }: DailyChange): number {
  return entered + filled - left - dropped
}
