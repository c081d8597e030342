import { eventNames, type Json } from '@throughline/contracts'
import type { CompiledSegment } from '../definitions/index.ts'
import { filterTable, withValue } from '../table.ts'
import { addFact, setMemory, untime, type Draft, type Heard } from './draft.ts'

/** How a membership came to be looked at; `filled`: because history was read, not because something happened. */
export type Occasion = Omit<Heard, 'occurrence'> & {
  readonly filled?: true
  /** The instant at which it changed, where that was before the clock's. */
  readonly at?: number
}

export const byTime: Occasion = { triggers: true, generation: 0 }
/** Nothing happened: it was known before, or is known by a merge. */
export const byFilling: Occasion = { triggers: false, generation: 0, filled: true }
/** History was read for what was published since. */
export const byBackfill: Occasion = { ...byFilling, backfill: true }

/** Enters or leaves the segment if its condition says otherwise than the membership that stands; not while it is pending. */
export function decideMembership(draft: Draft, segment: CompiledSegment, occasion: Occasion): void {
  const value = segment.condition.value(draft, draft.clock)
  const inside = draft.segments.keys.includes(segment.id)
  if (value === 'pending' || value === inside) return
  if (!value) return leave(draft, segment.id, occasion)
  draft.segments = withValue(draft.segments, segment.id, occasion.at ?? draft.clock)
  tell(draft, segment.id, 1, occasion)
}

/** Leaves the segment, whatever its condition says. */
export function leave(draft: Draft, segment: string, occasion: Occasion): void {
  draft.segments = filterTable(draft.segments, (id) => id !== segment)
  tell(draft, segment, -1, occasion)
}

function tell(draft: Draft, segment: string, change: 1 | -1, occasion: Occasion): void {
  draft.effects.push({ kind: 'segment', segment, change })
  const properties = { segment, ...(occasion.filled === true && { filled: true }) }
  addFact(draft, change === 1 ? eventNames.segmentEntered : eventNames.segmentLeft, occasion.at ?? draft.clock, properties, occasion)
}

const none: readonly CompiledSegment[] = []

/** The segments that look at a trait which changed; where one of them is timed, all have to be timed anew. */
export function concernedBy(draft: Draft, trait: string): readonly CompiledSegment[] {
  const segments = draft.definitions.segmentsByTrait.get(trait) ?? none
  if ((!draft.isUntimed || draft.lastFlips !== undefined) && segments.some(({ condition }) => condition.timed)) untime(draft)
  return segments
}

/** The next instant at which time alone does something but for waits; `Infinity`: never. */
function nextByTime({ flipsAt = Infinity, entersAt = Infinity }: Draft): number {
  return Math.min(flipsAt, entersAt)
}

/**
 * Memberships that the passing of time alone changed before `until`, each at its exact instant and in order of time.
 * `hear` is called at each of them, and at each date that starts a journey. The profile knows the first such instant; from each, the next one follows.
 */
export function catchUpWithTime(draft: Draft, until: number, hear: (draft: Draft) => void): void {
  for (let next = nextByTime(draft); next < until; next = nextByTime(draft)) {
    draft.clock = next
    if (draft.flipsAt === next) for (const segment of draft.definitions.timedSegments) decideMembership(draft, segment, byTime)
    hear(draft)
    if (draft.flipsAt === next) draft.flipsAt = nextFlip(draft, next)
  }
  draft.clock = draft.now
}

/**
 * Keeps a new state of a memory, and when time alone may next change a membership, by looking at the timed segments of this
 * memory alone. Only where one of them was the next to change are all of them asked, when the draft is closed.
 */
export function setTimedMemory(draft: Draft, key: string, state: Json, timed: readonly CompiledSegment[]): void {
  if (draft.isUntimed) {
    untime(draft)
    return setMemory(draft, key, state)
  }
  const before = earliestChange(draft, timed, draft.now)
  setMemory(draft, key, state)
  const after = earliestChange(draft, timed, draft.now)
  if (before !== undefined && (draft.flipsAt === undefined || before <= draft.flipsAt)) {
    untime(draft)
    if (draft.flipsAt !== undefined) draft.lastFlips = { others: draft.flipsAt, own: after }
    return
  }
  if (after !== undefined && (draft.flipsAt === undefined || after < draft.flipsAt)) draft.flipsAt = after
}

/** When time alone may next change a membership. Those that are pending are decided, and timed, once they are adopted. */
export function nextFlip(draft: Draft, after: number): number | undefined {
  return earliestChange(draft, draft.definitions.timedSegments, after)
}

/**
 * The next flip once a draft is untimed. Where one memory alone has changed, the search is over with the first segment that flips when the
 * earliest of all did before: what they look at often came about in one go, and goes in one.
 */
export function flipAnew(draft: Draft): number | undefined {
  const { lastFlips, now } = draft
  if (lastFlips === undefined || lastFlips.others <= now) return nextFlip(draft, now)
  const { others, own } = lastFlips
  let next: number | undefined
  for (const { condition } of draft.definitions.timedSegments) {
    const at = condition.nextChangeAt(draft, now)
    if (at !== null && (next === undefined || at < next)) next = at
    if (at === others) return Math.min(next!, own ?? others)
  }
  return next
}

function earliestChange(draft: Draft, segments: readonly CompiledSegment[], after: number): number | undefined {
  let next: number | undefined
  for (const { condition } of segments) {
    const at = condition.nextChangeAt(draft, after)
    if (at !== null && (next === undefined || at < next)) next = at
  }
  return next
}
