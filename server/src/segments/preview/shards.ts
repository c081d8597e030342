import { shardCount } from '@throughline/contracts'

/*
 * People are in shards by a hash of theirs that says nothing of them, and events lie by shard in ClickHouse: the people of some shards
 * are a random sample, always the same one, of which only its own events are read.
 */
/** The first and the last of those that are looked at. */
export interface Shards {
  readonly from: number
  readonly to: number
}

export const SHARDS = shardCount
export const everybody: Shards = { from: 0, to: SHARDS - 1 }

/** The share of everybody, 0 to 1. */
export function shareOf({ from, to }: Shards): number {
  return (to - from + 1) / SHARDS
}
