import type { TimelineEntry } from '@throughline/contracts'
import { readInboxOf, readPendingOf, toTimelineEntry, type TimelineFilter, type TimelineQuestion } from '../inbox/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import type { History, HistoryEntry } from './history.ts'
import { loadFormerIds } from './seen.ts'
import { readDefinitionNames } from './names.ts'

export interface TimelinePage {
  readonly items: TimelineEntry[]
  /** Where the next page begins, if there is one. */
  readonly next: { readonly timestamp: number; readonly id: string } | null
  /** Said when older events are missing from this page for now. */
  readonly note?: string
}

export const AWAY =
  'History is being read from the newest events only, since ClickHouse cannot be reached at the moment. Nothing is lost: the rest shows again as soon as it is back.'

/** One page of what happened with a person, newest first, each event once. */
export async function readTimeline(
  db: Db,
  history: History,
  profileId: string,
  after: { timestamp: number; id: string } | undefined,
  limit: number,
  only?: TimelineFilter,
): Promise<TimelinePage> {
  const profiles = [...(await loadFormerIds(db, [profileId])).keys()]
  const { entries, complete } = await readEntries(db, history, { profiles, after, only, limit: limit + 1 })
  const items = await withJourneyNames(db, entries.slice(0, limit).map(toTimelineEntry))
  const last = items.at(-1)
  return {
    items,
    next: entries.length > limit && last ? { timestamp: last.timestamp, id: last.id } : null,
    ...(complete ? {} : { note: AWAY }),
  }
}

/** Events say journeys and segments by their ids; whoever reads a timeline knows them by the names they have today. */
async function withJourneyNames(db: Db, items: readonly TimelineEntry[]): Promise<TimelineEntry[]> {
  if (!items.some(({ properties }) => 'journey' in properties || 'segment' in properties)) return [...items]
  const names = await readDefinitionNames(db)
  return items.map((item) => {
    const { journey, segment } = item.properties
    const called = { journey_name: names.get(`journey ${String(journey)}`), segment_name: names.get(`segment ${String(segment)}`) }
    const known = Object.fromEntries(Object.entries(called).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
    return Object.keys(known).length === 0 ? item : { ...item, properties: { ...item.properties, ...known } }
  })
}

/** What came of a message, newest first: its outcomes, whose ids begin with the message's. */
export async function readOutcomes(db: Db, history: History, profileId: string, messageId: string): Promise<TimelineEntry[]> {
  const profiles = [...(await loadFormerIds(db, [profileId])).keys()]
  const { entries } = await readEntries(db, history, { profiles, idPrefix: `throughline:${messageId}:`, limit: 200 })
  return entries.map(toTimelineEntry)
}

/**
 * What is not exported yet comes from the inbox and is read first: whatever is exported in between is then found in
 * ClickHouse, so no event falls through, and one found in both is taken once.
 */
export async function readEntries(
  db: Db,
  history: History,
  question: TimelineQuestion,
): Promise<{ entries: HistoryEntry[]; complete: boolean }> {
  const pending = await readPendingOf(db, question)
  const exported = await history.timeline(question)
  return { entries: mergeNewestFirst(pending, exported ?? (await readInboxOf(db, question))), complete: exported !== null }
}

function mergeNewestFirst(a: readonly HistoryEntry[], b: readonly HistoryEntry[]): HistoryEntry[] {
  const byId = new Map([...b, ...a].map((entry) => [entry.event_id, entry]))
  return [...byId.values()].sort(
    (x, y) => y.occurred_at - x.occurred_at || Buffer.compare(Buffer.from(y.event_id), Buffer.from(x.event_id)),
  )
}
