/** How many shards there are: the unit of order, of parallelism and of placement. */
export const shardCount = 64

/** The shard of a profile: the value of its id's last byte & 63. The id is a UUID in text; its last byte is random, so the hash is even. */
export function shardOf(profileId: string): number {
  return Number.parseInt(profileId.slice(-2), 16) & (shardCount - 1)
}
