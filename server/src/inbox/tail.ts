import { binary, type Db } from '../platform/postgres/index.ts'
import { ENTRY_COLUMNS, type InboxEntry } from './read.ts'

const COLUMNS = ENTRY_COLUMNS.replace(/\w+/g, 'i.$&')
const POLL_MS = 300
/** Entries taken from one stream in one look: in a flood a live view shows a part, and nobody could read more. */
const PER_STREAM = 20
const MEMORY_DAYS = 2

/**
 * The newest entries over all shards, newest first.
 * @param name only events of this name; looked for in the latest 2,000 entries of each stream
 */
export async function readNewest(db: Db, limit: number, name?: string): Promise<InboxEntry[]> {
  // Each stream is read backwards along its key, so the cost does not depend on how much the inbox holds. The keys are
  // sorted before the bodies are fetched.
  const { rows } = await db.query<InboxEntry & { [key: string]: unknown }>(
    `with newest as (
       select n.* from export_cursors c
       cross join lateral (
         select k.shard, k.lane, k.seq, k.received_at from (
           select shard, lane, seq, received_at, name, type, forwarded from inbox
           where shard = c.shard and lane = c.lane and received_at >= $3::bigint
           order by seq desc limit case when $2::text is null then $1::int + 20 else 2000 end
         ) k
         where k.type <> 'control' and not k.forwarded and ($2::text is null or k.name = $2::text)
         limit $1::int
       ) n
       order by n.received_at desc, n.shard, n.lane, n.seq desc limit $1::int
     )
     select ${COLUMNS} from newest n
     join inbox i on i.shard = n.shard and i.lane = n.lane and i.seq = n.seq and i.received_at = n.received_at
     order by i.received_at desc, i.shard, i.lane, i.seq desc`,
    [limit, name ?? null, Date.now() - MEMORY_DAYS * 86_400_000],
  )
  return rows
}

export interface Tail {
  /** Entries as they come, from now on, until `signal` ends. What a slow reader does not fetch in time is left out. */
  follow(signal: AbortSignal): AsyncIterable<InboxEntry>
  stop(): void
}

const QUEUE_LIMIT = 1_000

interface Reader {
  readonly queue: InboxEntry[]
  wake: () => void
}

/** One look at the inbox for all who follow it: it runs only while somebody does. */
export function makeTail(db: Db, onError: (error: unknown) => void): Tail {
  const readers = new Set<Reader>()
  let timer: NodeJS.Timeout | undefined
  let cursors: Map<string, Cursor> | undefined
  let stopped = false

  async function look(): Promise<void> {
    try {
      cursors ??= await readHeads(db)
      for (const entry of await readAfter(db, cursors)) {
        for (const reader of readers) if (reader.queue.length < QUEUE_LIMIT) reader.queue.push(entry)
      }
    } catch (error) {
      onError(error)
    }
    for (const reader of readers) reader.wake()
    timer = readers.size > 0 && !stopped ? setTimeout(() => void look(), POLL_MS) : undefined
    if (timer === undefined) cursors = undefined
  }

  return {
    async *follow(signal) {
      const reader: Reader = { queue: [], wake: () => undefined }
      readers.add(reader)
      timer ??= setTimeout(() => void look(), 0)
      const onAbort = () => reader.wake()
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        while (!signal.aborted && !stopped) {
          const next = reader.queue.shift()
          if (next !== undefined) yield next
          else await new Promise<void>((resolve) => {
            reader.wake = resolve
          })
        }
      } finally {
        signal.removeEventListener('abort', onAbort)
        readers.delete(reader)
      }
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      for (const reader of readers) reader.wake()
    },
  }
}

interface Cursor {
  readonly shard: number
  readonly lane: number
  seq: number
  clock: number
}

async function readHeads(db: Db): Promise<Map<string, Cursor>> {
  const { rows } = await db.query<{ shard: number; lane: number; seq: number; clock: number }>(
    `select shard, lane, seq, clock from shard_heads union all select shard, 2::smallint, derived_seq, clock from shards`,
  )
  return new Map(rows.map((row) => [`${row.shard} ${row.lane}`, { ...row }]))
}

async function readAfter(db: Db, cursors: ReadonlyMap<string, Cursor>): Promise<InboxEntry[]> {
  const all = [...cursors.values()]
  const { rows } = await db.query<InboxEntry & { type: string; forwarded: boolean; [key: string]: unknown }>(
    `select ${COLUMNS}, i.forwarded from unnest($1::smallint[], $2::smallint[], $3::bigint[], $4::bigint[]) as s (shard, lane, seq, since)
     cross join lateral (
       select * from inbox e where e.shard = s.shard and e.lane = s.lane and e.seq > s.seq and e.received_at >= s.since
       order by e.seq desc limit ${PER_STREAM}
     ) i
     order by i.received_at, i.shard, i.lane, i.seq`,
    [binary.int2Array(all.map(({ shard }) => shard)), binary.int2Array(all.map(({ lane }) => lane)), binary.int8Array(all.map(({ seq }) => seq)), binary.int8Array(all.map(({ clock }) => clock))],
  )
  for (const row of rows) {
    const cursor = cursors.get(`${row.shard} ${row.lane}`)!
    cursor.seq = Math.max(cursor.seq, row.seq)
    cursor.clock = Math.max(cursor.clock, row.received_at)
  }
  return rows.filter((row) => row.type !== 'control' && !row.forwarded)
}
