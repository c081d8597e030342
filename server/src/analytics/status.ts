import { factsOf, jsonObjectSchema, type ChannelKind, type componentSchema } from '@throughline/contracts'
import type { z } from 'zod'
import type { Handlers } from '../platform/http/index.ts'
import type { ClickHouse } from '../platform/clickhouse/index.ts'
import type { Pool } from '../platform/postgres/index.ts'

type Component = z.infer<typeof componentSchema>

export interface StatusDeps {
  readonly pool: Pool
  readonly clickhouse: ClickHouse
  readonly version: string
  /** Channels that have a provider, and what they do without one. */
  readonly channels: readonly ChannelKind[]
  /** Bytes that are free where the embedded stores keep their files; null without embedded stores. */
  readonly freeBytes: () => Promise<number | null>
  /** Why ClickHouse is not the history that events were exported to, or null. */
  readonly findHistoryLost: () => Promise<string | null>
  /** The latest log lines of this server, newest first. */
  readonly readLog: (limit: number) => readonly Readonly<Record<string, unknown>>[]
}

/** A worker that has not been heard of for so long is not counted, in milliseconds. */
const WORKER_GONE_MS = 30_000
/** A message that is due goes out within milliseconds; one that waits longer than this, ms, has somebody to wait for. */
const SLOW_MS = 5_000
const PATIENCE_MS = 2_000

/** Handlers that say how the program is doing. */
export function makeStatusHandlers({ pool, clickhouse, version, channels, freeBytes, findHistoryLost, readLog }: StatusDeps) {
  return {
    async status() {
      const [postgres, history, disk] = await Promise.all([checkPostgres(pool), checkClickHouse(clickhouse), checkDisk(freeBytes)])
      const behind = postgres.state === 'down' ? nothingKnown : await readBehind(pool)
      const lost = postgres.state === 'ok' && history.state === 'ok' ? await findHistoryLost().catch(() => null) : null
      const workers = postgres.state === 'down' ? [] : await readWorkers(pool)
      const senders = postgres.state === 'down' ? [] : await checkSenders(pool, channels)
      return {
        version,
        components: [postgres, history, ...disk, describePipeline(behind, workers), describeExport(behind, history, lost), ...senders],
        pipelineLagMs: behind.lagMs,
        inboxBehind: behind.inbox,
        exportBehind: behind.export,
        outboxQueued: behind.outbox,
        workers,
      }
    },
    async log({ query }) {
      return { items: readLog(query.limit).map((line) => jsonObjectSchema.parse(line)) }
    },
  } satisfies Handlers<'status' | 'log'>
}

interface Behind {
  readonly inbox: number
  readonly export: number
  readonly outbox: number
  readonly lagMs: number
}

const nothingKnown: Behind = { inbox: 0, export: 0, outbox: 0, lagMs: 0 }

async function readBehind(pool: Pool): Promise<Behind> {
  const { rows } = await pool.query<Behind & { [key: string]: unknown }>(
    `with streams as (
       select h.shard, h.lane, h.seq, case h.lane when 0 then s.live_seq else s.bulk_seq end as taken, e.seq as exported
       from shard_heads h join shards s using (shard) join export_cursors e using (shard, lane)
     ),
     derived as (select s.derived_seq - e.seq as n from shards s join export_cursors e on e.shard = s.shard and e.lane = 2)
     select coalesce(sum(greatest(seq - taken, 0)), 0)::bigint as inbox,
       (coalesce(sum(greatest(seq - exported, 0)), 0) + (select coalesce(sum(greatest(n, 0)), 0) from derived))::bigint as export,
       (select count(*) from messages where status in ('queued', 'sending') and due_at <= (extract(epoch from now()) * 1000)::bigint) as outbox,
       -- The oldest live entry that no worker has taken: the first one above each cursor.
       coalesce((select greatest(0, (extract(epoch from clock_timestamp()) * 1000)::bigint - min(first.received_at))
         from streams b cross join lateral (
           select received_at from inbox i where i.shard = b.shard and i.lane = b.lane and i.seq = b.taken + 1
         ) first where b.lane = 0 and b.seq > b.taken), 0)::bigint as "lagMs"
     from streams`,
  )
  return rows[0] ?? nothingKnown
}

async function readWorkers(pool: Pool): Promise<{ id: string; shards: number }[]> {
  const { rows } = await pool.query<{ id: string; shards: number }>(
    `with clock as (select (extract(epoch from clock_timestamp()) * 1000)::bigint as now)
     select w.id, (select count(*) from shards s, clock where s.worker = w.id and s.lease_until > clock.now) as shards
     from workers w, clock where w.seen_at > clock.now - $1::bigint order by w.started_at, w.id`,
    [WORKER_GONE_MS],
  )
  return rows
}

async function checkPostgres(pool: Pool): Promise<Component> {
  const begun = Date.now()
  try {
    const { rows } = await pool.query<{ version: string }>(`select current_setting('server_version') as version`)
    return { name: 'PostgreSQL', state: 'ok', detail: `PostgreSQL ${rows[0]?.version ?? ''} answered in ${Date.now() - begun} ms.` }
  } catch (error) {
    return {
      name: 'PostgreSQL',
      state: 'down',
      detail: `PostgreSQL cannot be reached (${messageOf(error)}). Nothing is accepted until it is back; clients keep and repeat their events.`,
    }
  }
}

async function checkClickHouse(clickhouse: ClickHouse): Promise<Component> {
  const begun = Date.now()
  try {
    const result = await clickhouse.query({
      query: 'select version() as version',
      format: 'JSONEachRow',
      abort_signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const [row] = await result.json<{ version: string }>()
    return { name: 'ClickHouse', state: 'ok', detail: `ClickHouse ${row?.version ?? ''} answered in ${Date.now() - begun} ms.` }
  } catch (error) {
    return {
      name: 'ClickHouse',
      state: 'down',
      detail: `ClickHouse cannot be reached (${messageOf(error)}). Accepting, journeys and sending go on; timelines show the newest events only, until it is back.`,
    }
  }
}

const MIB = 2 ** 20
/** With less than this the stores may take nothing more at any moment; `throughline doctor` warns by the same figure. */
const LITTLE_ROOM = 2_048 * MIB
/** PostgreSQL cannot begin another 16 MiB segment of its log for long. */
const NO_ROOM = 64 * MIB

/** The disk of the embedded stores, if there are any. */
export async function checkDisk(freeBytes: () => Promise<number | null>): Promise<Component[]> {
  try {
    const free = await freeBytes()
    return free === null ? [] : [describeDisk(free)]
  } catch (error) {
    return [
      {
        name: 'Disk',
        state: 'down',
        detail: `The data folder cannot be looked at (${messageOf(error)}). See whether its disk is mounted and readable for this program.`,
      },
    ]
  }
}

/** What the room that is left on the disk of the embedded stores means. */
export function describeDisk(free: number): Component {
  const room = free >= 1_024 * MIB ? `${(free / 1_024 / MIB).toFixed(1)} GiB` : `${Math.floor(free / MIB)} MiB`
  if (free < NO_ROOM)
    return {
      name: 'Disk',
      state: 'down',
      detail: `The disk is full (${room} free): events may be refused for now, and clients keep and repeat them. Make room; it goes on by itself.`,
    }
  if (free < LITTLE_ROOM)
    return { name: 'Disk', state: 'degraded', detail: `Only ${room} are free for the stores. Make room before they cannot write any more.` }
  return { name: 'Disk', state: 'ok', detail: `${room} are free for the stores.` }
}

function describePipeline(behind: Behind, workers: readonly { readonly shards: number }[]): Component {
  const held = workers.reduce((total, { shards }) => total + shards, 0)
  if (held === 0)
    return {
      name: 'Pipeline',
      state: 'down',
      detail: 'No worker is running: events are accepted and wait. Start one with `throughline work`.',
    }
  if (behind.lagMs > 10_000)
    return {
      name: 'Pipeline',
      state: 'degraded',
      detail: `${behind.inbox.toLocaleString('en')} events wait, the oldest for ${Math.round(behind.lagMs / 1_000)} s. ${workers.length === 1 ? 'One worker is' : `${workers.length} workers are`} at it.`,
    }
  const waiting = behind.inbox === 0 ? 'All events are handled.' : `${behind.inbox.toLocaleString('en')} events are on their way.`
  return {
    name: 'Pipeline',
    state: 'ok',
    detail: `${waiting} ${workers.length === 1 ? 'One worker' : `${workers.length} workers`} on ${held} of 64 shards.`,
  }
}

/** How far the export is. */
export function describeExport(behind: { readonly export: number }, history: Component, lost: string | null): Component {
  const rows = `${behind.export.toLocaleString('en')} events`
  if (history.state === 'down')
    return { name: 'Export', state: 'degraded', detail: `${rows} wait for ClickHouse and follow by themselves.` }
  if (lost !== null) return { name: 'Export', state: 'down', detail: `${lost} ${rows} wait.` }
  return {
    name: 'Export',
    state: behind.export > 1_000_000 ? 'degraded' : 'ok',
    detail: behind.export === 0 ? 'ClickHouse has everything.' : `${rows} are on their way to ClickHouse.`,
  }
}

/** How the latest messages of a channel fared. */
interface Fared {
  readonly tried: number
  /** Of these, how many had trouble and have not gone out. */
  readonly failing: number
  readonly error: string | null
  /** How long the first of those that are due has waited, ms; 0 when none is due. */
  readonly waitingMs: number
}

async function checkSenders(pool: Pool, channels: readonly ChannelKind[]): Promise<Component[]> {
  const [configured, recent] = await Promise.all([
    pool.query<{ channel: string }>('select channel from providers'),
    // The newest messages only, along their index: how sending goes now, at a cost that does not grow.
    pool.query<{ channel: string; failing: number; tried: number; error: string | null; waiting_ms: number }>(
      `select channel, count(*) filter (where last_error is not null and status in ('queued', 'sending', 'failed')) as failing,
         count(*) as tried, max(last_error) filter (where status in ('queued', 'sending', 'failed')) as error,
         greatest(0, coalesce((extract(epoch from clock_timestamp()) * 1000)::bigint - min(due_at) filter (where status in ('queued', 'sending') and sent_at is null), 0)) as waiting_ms
       from (select channel, status, last_error, due_at, sent_at from messages where status <> 'held' order by created_at desc limit 200) m group by channel`,
    ),
  ])
  const real = new Set(configured.rows.map(({ channel }) => channel))
  return channels.flatMap((channel) => {
    const row = recent.rows.find((found) => found.channel === channel)
    // A channel that nothing can carry yet is of interest to those who use it.
    if (row === undefined && factsOf(channel).carrier === 'none') return []
    return describeSender(channel, real.has(channel), row && { ...row, waitingMs: row.waiting_ms })
  })
}

/** What is said of a channel: what could not be handed over and why, then who waits for an answer, then who takes its messages. */
export function describeSender(channel: ChannelKind, hasProvider: boolean, fared: Fared | undefined): Component {
  const name = `Sender: ${channel}`
  if (fared !== undefined && fared.failing > 0) {
    return {
      name,
      state: fared.failing === fared.tried ? 'down' : 'degraded',
      detail: `${fared.failing} of the latest ${fared.tried} messages could not be handed over yet: ${fared.error ?? 'no reason given'}. They are tried again by themselves.`,
    }
  }
  if (fared !== undefined && fared.waitingMs > SLOW_MS) {
    return {
      name,
      state: 'degraded',
      detail: `The first message in line has waited for ${Math.round(fared.waitingMs / 1_000)} s. ${hasProvider ? 'The provider takes long to answer, or more comes in than goes out.' : 'More comes in than goes out.'}`,
    }
  }
  if (hasProvider) return { name, state: 'ok', detail: 'The provider takes messages.' }
  return { name, state: 'ok', detail: carried[factsOf(channel).carrier] }
}

const carried = {
  provider: 'No provider yet: messages go to the sandbox, where you can read them.',
  house: 'Notifications are kept here for people to fetch.',
  none: 'No provider can be connected to this channel yet: messages go to the sandbox, where you can read them.',
} as const

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'no answer'
}
