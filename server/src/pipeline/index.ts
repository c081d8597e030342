/**
 * Pipeline: moves profiles by what was accepted and by time, and makes what follows so.
 *
 * - *worker*: a process that takes shards and works on them · *lease*: a shard belongs to one worker for ten seconds at a time ·
 *   *epoch*: how often a shard was leased; it fences off a worker that lost its lease without noticing.
 * - *turn*: one round of reading, thinking and committing · *horizon*: the instant below which nothing can arrive any more.
 * - *control entry*: an entry that moves the pipeline itself · *tombstone*: a profile that was merged into another.
 * - *derived stream*: what the pipeline concluded, in order, part of the timelines · *parked*: put aside because of an error.
 * - *export*: the streams in order to ClickHouse · *fill*: states of new leaves computed from history · *adopt*: taking them in.
 */
export { makeWorker, type Worker, type WorkerOptions } from './worker.ts'
export { makeReadComputed } from './computed.ts'
export { findHistoryLost } from './export/lost.ts'
export { restoreArchives, type RestoredDay } from './maintenance/restore.ts'
export type { BornClaimedMessage, PipelineStatus } from './ports.ts'
export { unpackProfile, type PackedProfile } from './codec.ts'
