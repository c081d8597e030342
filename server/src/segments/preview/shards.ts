import { shardCount } from '@throughline/contracts'
import { isMemoryShort } from '../../platform/clickhouse/index.ts'

/*
 * People are in shards by a hash of theirs that says nothing of them, and events lie by shard in ClickHouse: the people of some shards
 * are a random sample, always the same one, of which only its own events are read.
 */
/** The first and the last of those that are looked at; with `oneOf`, only one in so many of their people. */
export interface Shards {
  readonly from: number
  readonly to: number
  readonly oneOf?: number
}

export const SHARDS = shardCount
/** How long a question may take that is asked of everybody in turns, about; who has not been asked by then is estimated, ms. */
const LIMIT = 2_000
/** People asked by the first query, about. */
const FIRST = 20_000
/** And by one query at most: their groups fit into its memory. */
const AT_ONCE = 125_000
export const everybody: Shards = { from: 0, to: SHARDS - 1 }

/** The share of everybody, 0 to 1. */
export function shareOf({ from, to, oneOf = 1 }: Shards): number {
  return (to - from + 1) / SHARDS / oneOf
}

/**
 * Asks about the people of some shards after those of others: a few at first, then as many as fit into the time, until everybody has been
 * asked or the time is over. Where so many do not fit into the memory of a query, half as many are asked.
 * @param askAmong keeps what it is answered; what it threw is asked again
 */
export async function askInTurns(people: number, askAmong: (some: Shards) => Promise<void>): Promise<void> {
  const shardsOf = (count: number): number => Math.min(SHARDS, Math.max(1, Math.floor((SHARDS * count) / Math.max(1, people))))
  const begun = performance.now()
  let size = shardsOf(FIRST)
  let most = shardsOf(AT_ONCE)
  for (let from = 0; from < SHARDS;) {
    const since = performance.now()
    const to = Math.min(SHARDS, from + size) - 1
    try {
      await askAmong({ from, to })
    } catch (error) {
      if (!isMemoryShort(error)) throw error
      if (to > from) {
        size = most = Math.floor((to - from + 1) / 2)
        continue
      }
      // Who was asked before stands for all.
      if (from > 0) return
      throw error
    }
    const each = (performance.now() - since) / (to - from + 1)
    from = to + 1
    const fit = Math.floor((begun + LIMIT - performance.now()) / each)
    if (fit < 1) return
    size = Math.min(fit, most)
  }
}
