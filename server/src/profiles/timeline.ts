import type { TimelineEntry } from '@throughline/contracts'
import { readInboxOf, readPendingOf, toTimelineEntry } from '../inbox/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import type { History, HistoryEntry } from './history.ts'
import { loadFormerIds } from './last-seen.ts'

export interface TimelinePage {
  readonly items: TimelineEntry[]
  /** Where the next page begins, if there is one. */
  readonly next: { readonly timestamp: number; readonly id: string } | null
  /** Said when older events are missing from this page for now. */
  readonly note?: string
}

const AWAY = 'History is being read from the newest events only, since ClickHouse cannot be reached at the moment. Nothing is lost: the rest shows again as soon as it is back.'

/**
 * One page of what happened with a person, newest first, each event once. What is not exported yet comes from the inbox
 * and is read first: whatever is exported in between is then found in ClickHouse, so no event falls through, and one found
 * in both is shown once.
 */
export async function readTimeline(db: Db, history: History, profileId: string, after: { timestamp: number; id: string } | undefined, limit: number): Promise<TimelinePage> {
  const ids = [...(await loadFormerIds(db, [profileId])).keys()]
  const pending = await readPendingOf(db, ids, after, limit + 1)
  const exported = await history.timeline(ids, after, limit + 1)
  const entries = mergeNewestFirst(pending, exported ?? (await readInboxOf(db, ids, after, limit + 1)))
  const items = entries.slice(0, limit).map(toTimelineEntry)
  const last = items.at(-1)
  return {
    items,
    next: entries.length > limit && last ? { timestamp: last.timestamp, id: last.id } : null,
    ...(exported === null ? { note: AWAY } : {}),
  }
}

function mergeNewestFirst(a: readonly HistoryEntry[], b: readonly HistoryEntry[]): HistoryEntry[] {
  const byId = new Map([...b, ...a].map((entry) => [entry.event_id, entry]))
  return [...byId.values()].sort((x, y) => y.occurred_at - x.occurred_at || Buffer.compare(Buffer.from(y.event_id), Buffer.from(x.event_id)))
}
