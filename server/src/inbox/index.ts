/**
 * Inbox: what is read from the streams of the shards beside the pipeline that takes them.
 *
 * - *entry*: one row of a stream, an event or a control entry · *pending*: accepted, and not yet exported to ClickHouse.
 */
export { readInboxOf, readPendingOf, toTimelineEntry, type InboxEntry, type TimelineFilter, type TimelineQuestion } from './read.ts'
export { makeLiveEvents, readRecent } from './live-events.ts'
