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
  /** Leaves that wait for their history, by the publication that brought them, oldest first. */
  fills: readonly ShardFill[]
  /** While a fill of this shard is being read: who was moved since it began to be, and has to be decided with it. */
  touched: Set<string> | null
  /** No timer of this shard is due before; may be too early, never too late. */
  nextTimerAt: number
  /** received_at of the newest bulk entry taken, so that older partitions are not looked at. */
  bulkReceivedAt: number
  /** Entries accepted and not yet taken, as of the last look. */
  liveBehind: number
  bulkBehind: number
}

/** The fill of a shard with what one publication brought. */
export interface ShardFill {
  readonly epoch: number
  readonly leaves: ReadonlySet<string>
  /** The id of the last person who has been filled; everybody behind is pending. */
  readonly walkedTo: string
}

/** Below all ids. */
export const nobodyYet = '00000000-0000-0000-0000-000000000000'

const nothing: ReadonlySet<string> = new Set()

/** Leaves that wait for the history of this person, for being behind whoever was filled last. */
export function pendingFor({ fills }: ShardState, profileId: string): ReadonlySet<string> {
  if (fills.length === 0) return nothing
  const open = fills.filter(({ walkedTo }) => profileId > walkedTo)
  return open.length > 1 ? new Set(open.flatMap(({ leaves }) => [...leaves])) : (open[0]?.leaves ?? nothing)
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
  readonly fills: readonly { readonly epoch: number; readonly leaves: readonly string[]; readonly walked_to: string }[]
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
    fills: row.fills.map(({ epoch, leaves, walked_to: walkedTo }) => ({ epoch, leaves: new Set(leaves), walkedTo })),
    touched: null,
    nextTimerAt: row.next_timer ?? Infinity,
    bulkReceivedAt: 0,
    liveBehind: 0,
    bulkBehind: 0,
  }
}
