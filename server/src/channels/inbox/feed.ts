import { shardOf } from '@throughline/contracts'
import type { Logger } from '../../platform/log/index.ts'
import { binary, type Pool } from '../../platform/postgres/index.ts'

/** A notification as the feed shows it; times are epoch ms. */
export interface Notification {
  readonly id: string
  readonly title: string
  readonly body: string
  readonly url: string | null
  readonly image: string | null
  readonly createdAt: number
  readonly readAt: number | null
}

interface Row {
  [column: string]: unknown
  profile_id: string
  message_id: string
  title: string
  body: string
  url: string | null
  image: string | null
  created_at: number
  read_at: number | null
}

export interface Feed {
  /** The newest notifications of a person, and how many they have not read. */
  read(profileId: string, limit: number, before: number | null): Promise<{ items: Notification[]; unread: number }>
  /** Marks notifications as read; answers those that were not before. */
  markRead(profileId: string, ids: readonly string[] | null, at: number): Promise<string[]>
  /** Yields what comes in from now on, until the signal ends it. */
  follow(profileId: string, signal: AbortSignal): AsyncIterable<Notification>
  /** Something new for this person was written by this process. */
  wake(profileId: string): void
  stop(): void
}

const POLL_MS = 1_000
/** Rows become visible at their commit, some time after their `created_at`. */
const OVERLAP_MS = 15_000

/** The inbox as it is read. Readers in one process share one query a second, whatever their number, and what this process writes itself shows at once. */
export function makeFeed(deps: { readonly pool: Pool; readonly log: Logger }): Feed {
  const { pool } = deps
  interface Reader {
    readonly seen: Set<string>
    readonly from: number
    push(notification: Notification): void
  }
  const readers = new Map<string, Set<Reader>>()
  let timer: NodeJS.Timeout | null = null
  let polling = false

  async function poll(profiles: readonly string[]): Promise<void> {
    if (profiles.length === 0) return
    const since = Math.min(...profiles.flatMap((id) => [...(readers.get(id) ?? [])].map((reader) => reader.from)))
    const { rows } = await pool.query<Row>({
      name: 'notifications-follow',
      text: `select n.* from unnest($1::smallint[], $2::uuid[]) as p (shard, profile_id) join notifications n on n.shard = p.shard and n.profile_id = p.profile_id
             where n.created_at >= greatest($3::bigint, (extract(epoch from clock_timestamp()) * 1000)::bigint - ${OVERLAP_MS}) order by n.created_at, n.message_id`,
      values: [binary.int2Array(profiles.map((id) => shardOf(id))), binary.uuidArray(profiles), since],
    })
    for (const row of rows) {
      for (const reader of readers.get(row.profile_id) ?? []) {
        if (row.created_at < reader.from || reader.seen.has(row.message_id)) continue
        reader.seen.add(row.message_id)
        reader.push(toNotification(row))
      }
    }
  }

  function schedule(): void {
    if (timer !== null || readers.size === 0) return
    timer = setTimeout(async () => {
      timer = null
      await pollSafely([...readers.keys()])
      schedule()
    }, POLL_MS)
  }

  async function pollSafely(profiles: readonly string[]): Promise<void> {
    if (polling) return
    polling = true
    await poll(profiles).catch((error: unknown) => deps.log.warn({ err: error }, 'could not look for new notifications'))
    polling = false
  }

  return {
    async read(profileId, limit, before) {
      const shard = shardOf(profileId)
      const [list, count] = await Promise.all([
        pool.query<Row>(
          `select * from notifications where shard = $1::smallint and profile_id = $2::uuid and created_at < coalesce($4::bigint, 9007199254740991) order by created_at desc, message_id limit $3::integer`,
          [shard, profileId, limit, before],
        ),
        pool.query<{ unread: number }>(
          `select count(*) as unread from notifications where shard = $1::smallint and profile_id = $2::uuid and read_at is null`,
          [shard, profileId],
        ),
      ])
      return { items: list.rows.map(toNotification), unread: count.rows[0]?.unread ?? 0 }
    },
    async markRead(profileId, ids, at) {
      const { rows } = await pool.query<{ message_id: string }>(
        `update notifications set read_at = $4::bigint where shard = $1::smallint and profile_id = $2::uuid and read_at is null and ($3::text[] is null or message_id = any ($3::text[])) returning message_id`,
        [shardOf(profileId), profileId, ids, at],
      )
      return rows.map((row) => row.message_id)
    },
    async *follow(profileId, signal) {
      const queue: Notification[] = []
      let wake = (): void => undefined
      const { rows } = await pool.query<{ now: number }>(`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`)
      const reader: Reader = {
        seen: new Set(),
        from: rows[0]?.now ?? 0,
        push(notification) {
          queue.push(notification)
          wake()
        },
      }
      const mine = readers.get(profileId) ?? new Set<Reader>()
      readers.set(profileId, mine.add(reader))
      schedule()
      const onAbort = (): void => wake()
      signal.addEventListener('abort', onAbort)
      try {
        while (!signal.aborted) {
          const next = queue.shift()
          if (next !== undefined) yield next
          else await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        signal.removeEventListener('abort', onAbort)
        mine.delete(reader)
        if (mine.size === 0) readers.delete(profileId)
      }
    },
    wake(profileId) {
      if (readers.has(profileId)) void pollSafely([profileId])
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      readers.clear()
    },
  }
}

function toNotification(row: Row): Notification {
  return {
    id: row.message_id,
    title: row.title,
    body: row.body,
    url: row.url,
    image: row.image,
    createdAt: row.created_at,
    readAt: row.read_at,
  }
}
