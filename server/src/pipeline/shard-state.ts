/**
 * What a worker knows of a shard that it leases. Cursors here run ahead of the database by the transactions that are on
 * their way; when one of those fails, all of it is read again.
 */
export interface ShardState {
  readonly shard: number
  /** The fencing token: every transaction names it, and commits only while it is still the shard's. */
  readonly epoch: number
  liveSeq: number
  bulkSeq: number
  derivedSeq: number
  /** The shard's time: everything accepted before it has been taken. Epoch ms. */
  clock: number
  definitionsEpoch: number
  /** Leaves that wait for their history. */
  pending: Set<string>
  /** No timer of this shard is due before; may be too early, never too late. */
  nextTimerAt: number
  /** received_at of the newest bulk entry taken, so that older partitions are not looked at. */
  bulkReceivedAt: number
  /** Entries accepted and not yet taken, as of the last look. */
  liveBehind: number
  bulkBehind: number
}

/** A shard's row of `shards`, with what else has to be known at its start. */
export interface ShardRow {
  readonly shard: number
  readonly epoch: number
  readonly live_seq: number
  readonly bulk_seq: number
  readonly derived_seq: number
  readonly clock: number
  readonly definitions_epoch: number
  readonly next_timer: number | null
  readonly pending: readonly string[]
}

export function toShardState(row: ShardRow): ShardState {
  return {
    shard: row.shard,
    epoch: row.epoch,
    liveSeq: row.live_seq,
    bulkSeq: row.bulk_seq,
    derivedSeq: row.derived_seq,
    clock: row.clock,
    definitionsEpoch: row.definitions_epoch,
    pending: new Set(row.pending),
    nextTimerAt: row.next_timer ?? Infinity,
    bulkReceivedAt: 0,
    liveBehind: 0,
    bulkBehind: 0,
  }
}
