import { shardCount, shardOf, type Event, type EventType, type JsonObject, type Lane } from '@throughline/contracts'
import { eventNamesToSql, mostOfOnePerson, type RehearsalPlan } from '@throughline/engine'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'

/** What one person did, as far as a rehearsal needs it. */
export interface Life {
  readonly id: string
  readonly events: readonly Event[]
}

/** A part of all people, read one after the other. */
export interface Part {
  readonly lives: AsyncIterable<Life>
  /** How much of everything it is. */
  readonly share: number
}

type Row = readonly [
  person: string,
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

/** How much there is to read. */
export interface Amount {
  readonly events: number
  /** Profiles that were merged into others. */
  readonly merged: number
}

/** Events, and merged profiles, of a part: few queries for a small shop, and steps of progress for a large one. */
const EVENTS_A_PART = 200_000
const MERGED_A_PART = 20_000

/** What {@link readLives} has to know first. */
export async function readAmount(client: ClickHouse): Promise<Amount> {
  const result = await client.query({
    query: 'select (select count() from events) as events, (select count() from profile_overrides) as merged',
    format: 'JSONEachRow',
  })
  const [row] = await result.json<{ events: number; merged: number }>()
  return { events: Number(row?.events ?? 0), merged: Number(row?.merged ?? 0) }
}

const partsFor = (amount: number, aPart: number): number => Math.min(shardCount, Math.max(1, Math.ceil(amount / aPart)))

/**
 * The lives that a rehearsal looks at, in parts: shard by shard in the order in which they are stored, so that nothing is sorted
 * and only one person is in memory; then those who were merged, under the id of the person they are now.
 * People who did nothing within the window by which they could enter are left out, where the plan says what that is; where audiences
 * come in, those are there too of whom nothing else is asked.
 */
export function readLives(client: ClickHouse, plan: RehearsalPlan, amount: Amount, signal: AbortSignal): Part[] {
  const names = eventNamesToSql(plan.names)
  // Traits may be told in the context of any event, whatever its name.
  const wanted = `(${names.sql} or position(context, '"traits"') > 0)`
  const context = plan.definitions.readsContext ? 'context' : `if(position(context, '"traits"') > 0, context, '{}')`
  const columns = `event_id, type, name, toString(timestamp), toString(received_at), source, lane, properties, ${context}`
  // Of people of whom nothing is asked: that they are there.
  const nothing = `'', 'track', '', toString(min(timestamp)), toString(min(received_at)), '', 0, '{}', '{}'`
  const withQuiet = plan.audiences.length > 0 || plan.fansOut
  const enters = entersTo(plan)
  const params = { ...names.params, ...enters?.params }
  const read = (query: string, own: Readonly<Record<string, unknown>>): AsyncIterable<Life> =>
    groupLives(client, query, { ...params, ...own }, signal)

  const hasMerges = amount.merged > 0
  const shares = hasMerges ? [0.98, 0.02] : [1, 0]
  const parts = partsFor(amount.events, EVENTS_A_PART)
  const shards = Array.from({ length: parts }, (_, part): Part => {
    const range = { from: Math.floor((part * shardCount) / parts), to: Math.floor(((part + 1) * shardCount) / parts) - 1 }
    const within = 'shard between {from:UInt8} and {to:UInt8}'
    const may = enters === null ? '' : `and profile_id in (select profile_id from events where ${within} and ${enters.sql})`
    const alone = hasMerges
      ? 'and profile_id not in (select loser from profile_overrides) and profile_id not in (select winner from profile_overrides)'
      : ''
    const busy = `select toString(profile_id), ${columns} from events
      where ${within} and ${wanted} ${may} ${alone} order by shard, profile_id, timestamp`
    const quiet = `select toString(profile_id), ${nothing} from events where ${within} ${alone} group by profile_id having not max(${wanted})`
    return { share: shares[0]! / parts, lives: all(read(busy, range), withQuiet ? read(quiet, range) : null) }
  })
  if (!hasMerges) return shards
  const mergedParts = partsFor(amount.merged, MERGED_A_PART)
  const merged = Array.from({ length: mergedParts }, (_, part): Part => {
    const standing =
      'select loser as profile, winner as person from profile_overrides union distinct select winner, winner from profile_overrides'
    const may =
      enters === null
        ? ''
        : `and person in (select person from events as e inner join (${standing}) as o on e.profile_id = o.profile where ${enters.sql})`
    const own = { parts: mergedParts, part }
    const theirs = `from events as e inner join (${standing}) as o on e.profile_id = o.profile where cityHash64(person) % {parts:UInt8} = {part:UInt8}`
    const busy = `select toString(person), ${columns} ${theirs} and ${wanted} ${may} order by person, timestamp`
    const quiet = `select toString(person), ${nothing} ${theirs} group by person having not max(${wanted})`
    return { share: shares[1]! / mergedParts, lives: all(read(busy, own), withQuiet ? read(quiet, own) : null) }
  })
  return [...shards, ...merged]
}

/** What one person did last up to an instant, under all their ids, the latest first. @param ids theirs, and those of who were merged into them */
export async function readLife(client: ClickHouse, ids: readonly string[], before: number): Promise<readonly Event[]> {
  const query = `select {person:String}, event_id, type, name, toString(timestamp), toString(received_at), source, lane, properties, context from events
    where shard in {shards:Array(UInt8)} and profile_id in {ids:Array(UUID)} and received_at <= {before:Int64}
    order by timestamp desc limit ${mostOfOnePerson}`
  const params = { person: ids[0], ids, shards: ids.map(shardOf), before }
  for await (const { events } of groupLives(client, query, params, new AbortController().signal)) return events
  return []
}

/** The ids of who was merged into somebody. */
export async function readMerged(client: ClickHouse, id: string): Promise<readonly string[]> {
  const result = await client.query({
    query: 'select toString(loser) as loser from profile_overrides where winner = {id:UUID}',
    query_params: { id },
    format: 'JSONEachRow',
  })
  return (await result.json<{ loser: string }>()).map(({ loser }) => loser)
}

/**
 * Goes through the parts one after the other, while the store looks for the next one: it answers when all of a part has been found, and
 * would stand idle as long as we go through what it has answered. Of the part ahead no more is held than its connection holds.
 */
export async function* withNextAhead(parts: readonly Part[]): AsyncGenerator<Part> {
  let ahead: Begun | undefined
  try {
    for (const [index, part] of parts.entries()) {
      const present = ahead ?? begin(part)
      const following = parts[index + 1]
      ahead = following === undefined ? undefined : begin(following)
      yield present
    }
  } finally {
    ahead?.drop()
  }
}

interface Begun extends Part {
  /** Lets go of a part that nobody goes through. */
  drop(): void
}

/** A part whose reading has begun. */
function begin({ share, lives }: Part): Begun {
  const from = lives[Symbol.asyncIterator]()
  const first = from.next()
  // Whoever goes through the part is told of it.
  first.catch(() => undefined)
  async function* follow(): AsyncGenerator<Life> {
    try {
      for (let step = await first; step.done !== true; step = await from.next()) yield step.value
    } finally {
      await from.return?.()
    }
  }
  return { share, lives: follow(), drop: () => void from.return?.().catch(() => undefined) }
}

async function* all(lives: AsyncIterable<Life>, others: AsyncIterable<Life> | null): AsyncGenerator<Life> {
  yield* lives
  if (others !== null) yield* others
}

/** Which events within the window somebody has to have to be looked at. */
function entersTo({ entersBy, window }: RehearsalPlan): { sql: string; params: Readonly<Record<string, unknown>> } | null {
  if (entersBy === null) return null
  const { sql, params } = eventNamesToSql(entersBy)
  const renamed = Object.fromEntries(Object.entries(params).map(([name, value]) => [`enter_${name}`, value]))
  return { sql: `${sql.replaceAll('{name', '{enter_name')} and timestamp >= {since:Int64}`, params: { ...renamed, since: window.since } }
}

async function* groupLives(
  client: ClickHouse,
  query: string,
  params: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): AsyncGenerator<Life> {
  const result = await client.query({
    query,
    query_params: { ...params },
    format: 'JSONCompactEachRow',
    abort_signal: signal,
    clickhouse_settings: { optimize_read_in_order: 1 },
  })
  let id: string | undefined
  let events: Event[] = []
  for await (const rows of result.stream<Row>())
    for (const row of rows) {
      const values = row.json()
      if (values[0] !== id) {
        if (id !== undefined) yield { id, events }
        id = values[0]
        events = []
      }
      // One more than are gone through says that there are too many.
      if (events.length <= mostOfOnePerson) events.push(new StoredEvent(values))
    }
  if (id !== undefined) yield { id, events }
}

const noContext: JsonObject = {}

/** An event as it is stored. Its properties are parsed when they are asked for, since much of a life is only counted; they are no own field. */
class StoredEvent implements Event {
  readonly id: string
  readonly type: EventType
  readonly name: string
  readonly timestamp: number
  readonly receivedAt: number
  readonly context: JsonObject
  readonly source: string
  readonly lane: Lane
  readonly triggers = true
  readonly #text: string
  #properties: JsonObject | undefined

  constructor([, id, type, name, timestamp, receivedAt, source, lane, properties, context]: Row) {
    this.id = id
    this.type = type as EventType
    this.name = name
    this.timestamp = Number(timestamp)
    this.receivedAt = Number(receivedAt)
    this.context = context === '{}' ? noContext : (JSON.parse(context) as JsonObject)
    this.source = source
    this.lane = lane as Lane
    this.#text = properties
  }

  get properties(): JsonObject {
    return (this.#properties ??= JSON.parse(this.#text) as JsonObject)
  }
}
