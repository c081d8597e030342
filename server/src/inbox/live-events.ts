import { shardCount, type TimelineEntry } from '@throughline/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from '../platform/postgres/index.ts'
import { ENTRY_COLUMNS, toTimelineEntry, type InboxEntry } from './read.ts'

const POLL_MS = 400
/** At most this many are shown of one poll: the stream is for looking, the timeline is the record. */
const MAX_BURST = 100

/** The latest events of all streams, newest first. Control entries and forwarded ones are no events. */
export async function readRecent(pool: Pool, limit: number, name: string | undefined): Promise<TimelineEntry[]> {
  // The newest rows of each stream by its key, read backwards; a name that is rare is looked for in the newest 2,000 of each.
  const { rows } = await pool.query<InboxEntry & { [key: string]: unknown }>(
    `select ${ENTRY_COLUMNS} from (
       select i.* from generate_series(0, $1::int - 1) as s cross join generate_series(0, 2) as l
       cross join lateral (
         select * from (select * from inbox where shard = s and lane = l order by seq desc limit $2::int) newest
         where type <> 'control' and not forwarded and ($3::text is null or name = $3::text)
       ) i
     ) e order by received_at desc, event_id desc limit $4::int`,
    [shardCount, name === undefined ? limit + 20 : 2_000, name ?? null, limit],
  )
  return rows.map(toTimelineEntry)
}

/** Follows the streams of all shards, whoever writes them, for any number of listeners with one light query. */
export function makeLiveEvents(pool: Pool): { follow(signal: AbortSignal): AsyncGenerator<TimelineEntry[]> } {
  const listeners = new Set<(entries: TimelineEntry[]) => void>()
  let polling = false

  async function poll(): Promise<void> {
    let heads = await readHeads(pool).catch(() => undefined)
    while (listeners.size > 0) {
      await sleep(POLL_MS)
      const now = await readHeads(pool).catch(() => undefined)
      if (!now) continue
      if (heads) {
        const entries = await readBetween(pool, heads, now).catch(() => [])
        if (entries.length > 0) for (const listener of listeners) listener(entries)
      }
      heads = now
    }
    polling = false
  }

  return {
    async *follow(signal) {
      let waiting: TimelineEntry[] = []
      let wake: () => void = () => undefined
      const listener = (entries: TimelineEntry[]): void => {
        // A reader who is slow sees the newest.
        waiting = [...waiting, ...entries].slice(-5 * MAX_BURST)
        wake()
      }
      const stop = (): void => wake()
      listeners.add(listener)
      signal.addEventListener('abort', stop)
      if (!polling) {
        polling = true
        void poll()
      }
      try {
        while (!signal.aborted) {
          if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve))
          const entries = waiting
          waiting = []
          if (entries.length > 0) yield entries
        }
      } finally {
        listeners.delete(listener)
        signal.removeEventListener('abort', stop)
      }
    },
  }
}

/** The last number of each stream, at shard * 3 + lane. */
async function readHeads(pool: Pool): Promise<number[]> {
  const { rows } = await pool.query<{ at: number; seq: number }>(
    `select shard * 3 + lane as at, seq from shard_heads
     union all select shard * 3 + 2, derived_seq from shards`,
  )
  const heads = new Array<number>(shardCount * 3).fill(0)
  for (const { at, seq } of rows) heads[at] = seq
  return heads
}

async function readBetween(pool: Pool, from: readonly number[], to: readonly number[]): Promise<TimelineEntry[]> {
  const moved = to.flatMap((seq, at) => (seq > from[at]! ? at : []))
  if (moved.length === 0) return []
  const { rows } = await pool.query<InboxEntry & { [key: string]: unknown }>(
    `select i.* from unnest($1::int2[], $2::int2[], $3::int8[], $4::int8[]) as s (shard, lane, low, high)
     cross join lateral (
       select ${ENTRY_COLUMNS} from inbox
       where shard = s.shard and lane = s.lane and seq > s.low and seq <= s.high and type <> 'control' and not forwarded
       order by seq desc limit $5::int
     ) i order by received_at desc, event_id desc limit $5::int`,
    [moved.map((at) => Math.floor(at / 3)), moved.map((at) => at % 3), moved.map((at) => from[at]!), moved.map((at) => to[at]!), MAX_BURST],
  )
  return rows.map(toTimelineEntry).reverse()
}
