import { readDate, type CampaignWhen, type Occasion } from '@throughline/contracts'
import { nextOccasion } from '@throughline/engine'

/** For so long nothing is handed over, and a send can be undone. */
export const UNDO_MS = 30_000
/** No clocks are so far ahead of others: before it is 09:00 anywhere, everybody has to know when it is 09:00 for them. */
const AHEAD_MS = 14 * 3_600_000
/** Nor so far behind: by then it has been 09:00 everywhere. */
export const BEHIND_MS = 12 * 3_600_000
/** A send whose time came so long ago, while nothing was running, stays at home: what it says would be out of date. */
export const LATE_MS = 86_400_000

/** When a send begins, epoch ms, and what everybody's own clocks are to show; a slot of null: it goes out to all at the same time. */
export interface SendTime {
  readonly startsAt: number
  readonly slot: number | null
}

/** Whether it comes again by itself. */
export function isSeries({ kind }: CampaignWhen): boolean {
  return kind === 'daily' || kind === 'weekly' || kind === 'monthly'
}

/**
 * When a campaign goes out that is ordered at an instant; null: its time is over everywhere.
 * @param from not before this instant, epoch ms
 * @param zone of the shop, IANA name
 */
export function timeOf(when: CampaignWhen, from: number, zone: string): SendTime | null {
  const occasion = occasionOf(when)
  if (occasion === null) return { startsAt: from, slot: null }
  const isInstant = when.kind === 'once' && readDate(when.at)?.isInstant === true
  if (isInstant || !('zone' in when) || when.zone === 'shop') {
    const at = nextOccasion(occasion, zone, from)
    return at === null ? null : { startsAt: at, slot: null }
  }
  // Once: those whose clocks have not shown it yet are still to get it. Again and again: the next that nobody's clocks have shown.
  const slot = nextOccasion(occasion, 'UTC', when.kind === 'once' ? from - BEHIND_MS : from + AHEAD_MS)
  return slot === null ? null : { startsAt: Math.max(from, slot - AHEAD_MS), slot }
}

function occasionOf(when: CampaignWhen): Occasion | null {
  switch (when.kind) {
    case 'now':
    case 'api':
      return null
    case 'once':
      return { kind: 'once', at: when.at }
    case 'daily':
      return { kind: 'daily', at: when.at }
    case 'weekly':
      return { kind: 'weekly', on: when.on, at: when.at }
    case 'monthly':
      return { kind: 'monthly', day: when.day, at: when.at }
    default:
      return when satisfies never
  }
}
