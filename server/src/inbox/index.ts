/**
 * Inbox: what the management side reads from the streams of the shards.
 *
 * - *entry*: one row of a stream, an event or a control entry · *pending*: accepted, and not yet exported to ClickHouse.
 */
export { readInboxOf, readPendingOf, toTimelineEntry, type InboxEntry, type TimelineQuestion } from './read.ts'
