import {
  eventNames,
  lanes,
  ownSource,
  startsOf,
  type Event,
  type JourneyDefinition,
  type JsonObject,
  type Settings,
} from '@throughline/contracts'
import { shopEntriesOf, shopRequest } from '@throughline/engine'
import type { PastFanOut } from '../journeys/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { openPast, type Asker } from '../segments/index.ts'
import { concernedIn } from './concerned.ts'

/** A rehearsal fans out so many events of the shop, the latest: each is a question about everybody. */
const MOST_EVENTS = 200
/** Events read at a time: only those that the draft has an entry for are kept. */
const PAGE = 1_000
/** And holds so many entries of people by them. */
const MOST_ENTRIES = 500_000

interface Row {
  readonly [column: string]: unknown
  readonly message_id: string
  readonly name: string
  readonly properties: JsonObject
  readonly received_at: number
}

/** Makes what asks whom the events of the shop would have let into a draft, over a time that is past; nobody comes in. */
export function makePastFanOut({
  pool,
  ask,
  settings,
}: {
  readonly pool: Pool
  readonly ask: Asker
  readonly settings: () => Promise<Settings>
}) {
  return async function fanOutPast(
    journey: JourneyDefinition,
    { since, until }: { readonly since: number; readonly until: number },
    signal: AbortSignal,
  ): Promise<PastFanOut> {
    const names = startsOf(journey).flatMap((entry) => (entry.kind === 'shop-event' ? [entry.on.event] : []))
    const past = await openPast({ pool, ask, settings }, since)
    const byPerson = new Map<string, Event[]>()
    let events = 0
    let leftOut = 0
    let held = 0
    for await (const { message_id: messageId, name, properties, received_at: at } of readLatest(pool, { since, until, names })) {
      signal.throwIfAborted()
      const said = { name, properties, at }
      const entries = shopEntriesOf(journey, said, past.contextAt(at))
      if (entries.length === 0) continue
      if (events === MOST_EVENTS || held >= MOST_ENTRIES) {
        leftOut++
        continue
      }
      events++
      for (const [id, keys] of await concernedIn(past, entries, at, { signal })) {
        held++
        const event: Event = {
          id: `${ownSource}:shop-event:${journey.id}:${messageId}:${id}`,
          type: 'track',
          name: eventNames.journeyRequested,
          timestamp: at,
          receivedAt: at,
          properties: shopRequest(journey.id, keys, said),
          context: {},
          source: ownSource,
          lane: lanes.bulk,
          triggers: true,
        }
        const told = byPerson.get(id)
        if (told === undefined) byPerson.set(id, [event])
        else told.push(event)
      }
    }
    return { byPerson, events, leftOut }
  }
}

/** Events of these names within a time, the latest first. */
async function* readLatest(
  pool: Pool,
  { since, until, names }: { readonly since: number; readonly until: number; readonly names: readonly string[] },
): AsyncGenerator<Row> {
  for (let before: readonly [number, string] = [until, '']; ;) {
    const { rows } = await pool.query<Row>(
      `select message_id, name, properties, received_at from shop_events
       where received_at >= $1::bigint and (received_at, message_id) < ($2::bigint, $3::text) and name = any ($4::text[])
       order by received_at desc, message_id desc limit $5::int`,
      [since, ...before, names, PAGE],
    )
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    before = [last.received_at, last.message_id]
  }
}
