import { shardOf, type JsonObject, type TimelineEntry } from '@throughline/contracts'
import { binary, type Db } from '../platform/postgres/index.ts'

/** A row of the inbox as it is read; times are epoch ms, properties and context JSON text. */
export interface InboxEntry {
  readonly shard: number
  readonly lane: number
  readonly seq: number
  readonly received_at: number
  readonly profile_id: string
  readonly event_id: string
  readonly source: string
  readonly type: string
  readonly name: string
  readonly occurred_at: number
  readonly properties: string
  readonly context: string
}

export const ENTRY_COLUMNS = 'shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context'

/** Where a page of a timeline goes on: entries older than this, ties by id. */
export interface TimelinePlace {
  readonly timestamp: number
  readonly id: string
}

/** Which entries: those of these profiles, from a place on, and where asked for only those whose id begins with a text. */
export interface TimelineQuestion {
  readonly profiles: readonly string[]
  readonly after?: TimelinePlace | undefined
  readonly idPrefix?: string
  readonly only?: TimelineFilter | undefined
  readonly limit: number
}

/** Entries with one of these names, or of one of these types but for some names; and where asked for, about this channel. */
export interface TimelineFilter {
  readonly names: readonly string[]
  readonly types: readonly string[]
  readonly but: readonly string[]
  readonly channel?: string
}

/** What was accepted for these profiles and is not exported yet, newest first. Looks only at what lies above the export's cursors. */
export function readPendingOf(db: Db, question: TimelineQuestion): Promise<InboxEntry[]> {
  return readOf(db, question, 'c.seq')
}

/** All that the inbox still holds of these profiles, exported or not, newest first: what is left to read while ClickHouse is away. */
export function readInboxOf(db: Db, question: TimelineQuestion): Promise<InboxEntry[]> {
  return readOf(db, question, '0')
}

async function readOf(db: Db, { profiles, after, idPrefix, only, limit }: TimelineQuestion, above: 'c.seq' | '0'): Promise<InboxEntry[]> {
  if (profiles.length === 0) return []
  // The inbox has no index by profile, which every accepted event would pay for: this reads the rows of a few shards by the
  // primary key, the cursors and the rows in one snapshot, so that no row is missed between them.
  const { rows } = await db.query<InboxEntry & { [key: string]: unknown }>(
    `select ${ENTRY_COLUMNS.replace(/\w+/g, 'i.$&')}
     from export_cursors c
     join inbox i on i.shard = c.shard and i.lane = c.lane and i.seq > ${above}
     where c.shard = any($1::smallint[]) and i.profile_id = any($2::uuid[]) and i.type <> 'control' and not i.forwarded
       and ($3::bigint is null or (i.occurred_at, i.event_id collate "C") < ($3::bigint, $4::text collate "C"))
       and ($6::text is null or starts_with(i.event_id, $6::text))
       and ($7::text[] is null or i.name = any($7::text[]) or (i.type = any($8::text[]) and not i.name = any($9::text[])))
       and ($10::text is null or i.properties::jsonb ->> 'channel' = $10::text)
     order by i.occurred_at desc, i.event_id collate "C" desc limit $5::int`,
    [
      binary.int2Array([...new Set(profiles.map(shardOf))]),
      binary.uuidArray(profiles),
      after?.timestamp ?? null,
      after?.id ?? null,
      limit,
      idPrefix ?? null,
      only?.names ?? null,
      only?.types ?? null,
      only?.but ?? null,
      only?.channel ?? null,
    ],
  )
  return rows
}

/** The entry as the API shows it. */
export function toTimelineEntry(row: Omit<InboxEntry, 'shard' | 'lane' | 'seq'>): TimelineEntry {
  return {
    id: row.event_id,
    type: row.type,
    name: row.name,
    timestamp: row.occurred_at,
    receivedAt: row.received_at,
    source: row.source,
    profileId: row.profile_id,
    properties: JSON.parse(row.properties) as JsonObject,
    context: JSON.parse(row.context) as JsonObject,
  }
}
