import { callTypes, shardOf } from '@throughline/contracts'
import { isClickHouseAway, type ClickHouse } from '../platform/clickhouse/index.ts'
import type { InboxEntry, TimelineQuestion } from '../inbox/index.ts'

export type HistoryEntry = Omit<InboxEntry, 'shard' | 'lane' | 'seq'>

/** The first and the last time that somebody did something, epoch ms. */
export interface Seen {
  readonly first: number
  readonly last: number
}

/** What ClickHouse knows of people. Every question answers `null` while it is away or too busy to answer a waiting person. */
export interface History {
  /** Exported events of these profiles, newest first, ties by id. */
  timeline(question: TimelineQuestion): Promise<HistoryEntry[] | null>
  /** When each of these profiles first and last did something itself; whoever did nothing is not in it. */
  seen(profiles: readonly string[]): Promise<Map<string, Seen> | null>
  /** Ids, newest first, of profiles that have called themselves by a name with this in it. */
  withName(part: string, before: string | undefined, limit: number): Promise<string[] | null>
}

/** How long a person waits for history before the page goes on without it. */
const PATIENCE_MS = 4_000

export function makeHistory(clickhouse: ClickHouse, onTrouble: (error: unknown) => void): History {
  async function ask<Row>(query: string, params: Record<string, unknown>): Promise<Row[] | null> {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    try {
      const result = await clickhouse.query({
        query,
        query_params: params,
        format: 'JSONEachRow',
        abort_signal: signal,
        clickhouse_settings: { max_execution_time: PATIENCE_MS / 1_000 },
      })
      return await result.json<Row>()
    } catch (error) {
      if (!isClickHouseAway(error) && !signal.aborted) onTrouble(error)
      return null
    }
  }
  const keys = (profiles: readonly string[]) => ({ shards: [...new Set(profiles.map(shardOf))], profiles: [...profiles] })

  return {
    async timeline({ profiles, after, idPrefix, only, limit }) {
      // Along the primary key (shard, profile_id, timestamp), so no alias may hide a column of it; `limit 1 by` since a retried insert may, after a crash of
      // ClickHouse itself, have left a row twice.
      const rows = await ask<
        Omit<HistoryEntry, 'profile_id' | 'occurred_at' | 'received_at'> & { person: string; occurred: string; received: string }
      >(
        `select event_id, toString(profile_id) as person, type, name, source, properties, context,
           toString(timestamp) as occurred, toString(received_at) as received
         from events
         where shard in {shards:Array(UInt8)} and profile_id in {profiles:Array(UUID)}
           ${after === undefined ? '' : 'and (timestamp, event_id) < ({at:Int64}, {id:String})'}
           ${only === undefined ? '' : 'and (name in {names:Array(String)} or (type in {types:Array(String)} and name not in {but:Array(String)}))'}
           ${only?.channel === undefined ? '' : `and JSONExtractString(properties, 'channel') = {channel:String}`}
           ${idPrefix === undefined ? '' : 'and startsWith(event_id, {prefix:String})'}
         order by timestamp desc, event_id desc limit 1 by event_id limit {limit:UInt32}`,
        {
          ...keys(profiles),
          limit,
          prefix: idPrefix ?? '',
          ...(after === undefined ? {} : { at: after.timestamp, id: after.id }),
          ...(only && { ...only }),
        },
      )
      return (
        rows?.map(({ person, occurred, received, ...row }) => ({
          ...row,
          profile_id: person,
          occurred_at: Number(occurred),
          received_at: Number(received),
        })) ?? null
      )
    },
    async seen(profiles) {
      const rows = await ask<{ id: string; first: string; last: string }>(
        `select toString(profile_id) as id, toString(min(timestamp)) as first, toString(max(timestamp)) as last from events
         where shard in {shards:Array(UInt8)} and profile_id in {profiles:Array(UUID)} and type in {types:Array(String)} group by profile_id`,
        { ...keys(profiles), types: [...callTypes] },
      )
      return rows === null ? null : new Map(rows.map(({ id, first, last }) => [id, { first: Number(first), last: Number(last) }]))
    },
    async withName(part, before, limit) {
      const rows = await ask<{ id: string }>(
        `select distinct toString(profile_id) as id from people_names
         where position(called, {part:String}) > 0 ${before === undefined ? '' : 'and toString(profile_id) < {before:String}'}
         order by id desc limit {limit:UInt32}`,
        { part: part.toLowerCase(), limit, ...(before === undefined ? {} : { before }) },
      )
      return rows?.map(({ id }) => id) ?? null
    },
  }
}
