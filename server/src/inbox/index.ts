/**
 * Inbox: what the management side reads from the streams of the shards.
 *
 * - *entry*: one row of a stream, an event or a control entry · *pending*: accepted, and not yet exported to ClickHouse.
 * - *tail*: the newest entries over all shards, followed as they come.
 */
export { readInboxOf, readPendingOf, toTimelineEntry, type InboxEntry, type TimelineQuestion } from './read.ts'
export { makeTail, readNewest, type Tail } from './tail.ts'
