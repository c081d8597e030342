/**
 * Ingest: how events get in.
 *
 * - *call*: one request of a client, a single event or a batch.
 * - *message id*: the client's name for an event, the same at every retry; with the source it makes the event's id.
 * - *accepted*: durable in the inbox of its profile's shard, with its number.
 * - *rejected*: refused with field, value and what is allowed, and kept for the console to show.
 * - *control*: an entry that moves the pipeline itself and is no part of a timeline.
 */
export { makeAccepter, type Accepter } from './accepter.ts'
export type { AcceptEvent, AcceptOutcome } from './accept-event.ts'
export { appendControls, makeOwnAppending, mergePeople, shardProfile, unmergeProfiles, type Control } from './controls.ts'
export { makeIngestHandlers, type IngestHandlerDeps } from './handlers.ts'
export { findProblems } from './check-json.ts'
export { readBody } from './body.ts'
export { readConnected, rejectConnected } from './connected.ts'
export { findImported, readImported } from './import-calls.ts'
export { allowAnyOrigin, registerIngest } from './routes.ts'
export type { CallDeps } from './call.ts'
export type { SourceFinder } from './write-key.ts'
export { INBOX_CHANNEL } from './notifier.ts'
