import { shardOf, type Event, type EventType, type JsonObject, type Lane } from '@throughline/contracts'
import { eventNamesToSql, type FillScope } from '@throughline/engine'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Past } from './join.ts'
import type { Bounds } from './store.ts'

type HistoryRow = [
  profile: string,
  id: string,
  type: string,
  name: string,
  timestamp: string,
  receivedAt: string,
  source: string,
  lane: number,
  properties: string,
  context: string,
]

const COLUMNS = 'toString(profile_id), event_id, type, name, toString(timestamp), toString(received_at), source, lane, properties, context'

/**
 * All events of these profiles, each marked that was told of one before it was merged. One that a crash of ClickHouse left there twice
 * comes twice, which changes nothing in a fold.
 */
export async function readEvents(
  client: ClickHouse,
  profiles: readonly { readonly id: string; readonly mergedAt: number }[],
  signal: AbortSignal,
): Promise<Event[]> {
  const mergedAt = new Map(profiles.map((profile) => [profile.id, profile.mergedAt]))
  const result = await client.query({
    query: `select ${COLUMNS} from events where shard in {shards:Array(UInt8)} and profile_id in {profiles:Array(UUID)}`,
    query_params: { shards: [...new Set(profiles.map(({ id }) => shardOf(id)))], profiles: [...mergedAt.keys()] },
    format: 'JSONCompactEachRow',
    abort_signal: signal,
  })
  const events: Event[] = []
  for await (const rows of result.stream<HistoryRow>()) for (const row of rows) events.push(toEvent(row.json(), mergedAt))
  return events
}

function toEvent(row: HistoryRow, mergedAt: ReadonlyMap<string, number>): Event {
  const [profile, id, type, name, timestamp, received, source, lane, properties, context] = row
  const receivedAt = Number(received)
  const merged = receivedAt < (mergedAt.get(profile) ?? 0)
  return {
    id,
    type: type as EventType,
    name,
    timestamp: Number(timestamp),
    receivedAt,
    properties: JSON.parse(properties) as JsonObject,
    context: JSON.parse(context) as JsonObject,
    source,
    lane: lane as Lane,
    triggers: false,
    ...(merged && { merged }),
  }
}

/** What a leaf looks at: the id, the name, both times, and as far as it was asked for properties and context. */
type Packed = readonly [id: string, name: string, timestamp: number, receivedAt: number, properties?: string, context?: string]

/** Whose events: everybody's of some shards, or those of some ids. */
type Whose = { readonly shards: readonly number[] } | { readonly profiles: readonly string[] }

/**
 * The events that a fill is about, person by person, by shard and in the order of their ids, as far as the pipeline has taken them: the
 * rest it hears itself. Only the columns that a leaf looks at are read.
 */
export async function* readPast(
  client: ClickHouse,
  whose: Whose,
  scope: FillScope,
  bounds: Bounds,
  signal: AbortSignal,
): AsyncGenerator<Past> {
  const names = eventNamesToSql(scope.eventNames)
  const columns = ['event_id', 'name', 'timestamp', 'received_at']
  if (scope.readsProperties || scope.readsContext) columns.push(scope.readsProperties ? 'properties' : `'{}'`)
  if (scope.readsContext) columns.push('context')
  const only = 'profiles' in whose ? ` and profile_id in (${whose.profiles.map((id) => `'${id}'`).join(', ')})` : ''
  const result = await client.query({
    // Ids of a UUID type are compared by their second halves first; PostgreSQL and we compare texts.
    query: `
      select toString(profile_id) as id, groupArray((${columns.join(', ')})) as events from events
      where shard in {shards:Array(UInt8)}${only} and ${names.sql}
        and (lane = 2 or seq <= if(lane = 0, {live:Array(UInt64)}, {bulk:Array(UInt64)})[shard + 1])
      group by shard, profile_id order by shard, id`,
    query_params: {
      shards: 'shards' in whose ? [...whose.shards] : [...new Set(whose.profiles.map(shardOf))],
      ...names.params,
      live: [...bounds.live],
      bulk: [...bounds.bulk],
    },
    format: 'JSONCompactEachRow',
    abort_signal: signal,
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0, output_format_json_named_tuples_as_objects: 0 },
  })
  for await (const rows of result.stream<[id: string, events: readonly Packed[]]>()) {
    for (const row of rows) {
      const [id, events] = row.json()
      yield { id, events: events.map(unpack) }
    }
  }
}

/** How many events a fill is about, in all shards. */
export async function countPast(client: ClickHouse, { eventNames }: FillScope): Promise<number> {
  const names = eventNamesToSql(eventNames)
  const result = await client.query({
    query: `select count() as n from events_by_name where ${names.sql}`,
    query_params: names.params,
    format: 'JSONEachRow',
  })
  return Number((await result.json<{ n: string }>())[0]?.n ?? 0)
}

const nothing: JsonObject = {}

function unpack([id, name, timestamp, receivedAt, properties, context]: Packed): Event {
  return {
    id,
    // Leaves ask for neither type, source nor lane.
    type: 'track',
    name,
    timestamp,
    receivedAt,
    properties: properties === undefined ? nothing : (JSON.parse(properties) as JsonObject),
    context: context === undefined ? nothing : (JSON.parse(context) as JsonObject),
    source: '',
    lane: 0,
    triggers: false,
  }
}
