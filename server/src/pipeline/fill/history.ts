import type { Event, EventType, JsonObject, Lane } from '@throughline/contracts'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'

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

const COLUMNS = 'toString(profile_id), event_id, type, name, toString(timestamp), toString(received_at), source, lane, properties'

export interface HistoryQuery {
  /** SQL over the columns of `events`, with `{name:Type}` parameters. */
  readonly where: string
  readonly params: Readonly<Record<string, unknown>>
  /** Whether contexts are wanted, which are half of all that an event is; else they are empty. */
  readonly contexts: boolean
}

/**
 * Events of history, person by person in the order of their ids. An event that a crash of ClickHouse left there twice comes
 * twice, which changes nothing in a fold.
 */
export async function* readHistory(
  client: ClickHouse,
  query: HistoryQuery,
  signal: AbortSignal,
): AsyncGenerator<{ profileId: string; events: Event[] }> {
  const result = await client.query({
    query: `select ${COLUMNS}, ${query.contexts ? 'context' : `'{}'`} from events where ${query.where} order by shard, profile_id, timestamp`,
    query_params: { ...query.params },
    format: 'JSONCompactEachRow',
    abort_signal: signal,
    clickhouse_settings: { optimize_read_in_order: 1 },
  })
  let current: { profileId: string; events: Event[] } | undefined
  for await (const rows of result.stream<HistoryRow>()) {
    for (const row of rows) {
      const values = row.json()
      const [profileId] = values
      const event = toEvent(values)
      if (current?.profileId === profileId) current.events.push(event)
      else {
        if (current) yield current
        current = { profileId, events: [event] }
      }
    }
  }
  if (current) yield current
}

function toEvent([, id, type, name, timestamp, receivedAt, source, lane, properties, context]: HistoryRow): Event {
  let parsed: JsonObject | undefined
  return {
    id,
    type: type as EventType,
    name,
    timestamp: Number(timestamp),
    receivedAt: Number(receivedAt),
    properties: JSON.parse(properties) as JsonObject,
    get context() {
      return (parsed ??= JSON.parse(context) as JsonObject)
    },
    source,
    lane: lane as Lane,
    triggers: false,
  }
}
