import { eventNames, type Json, type JsonObject, type PersonHistory } from '@throughline/contracts'
import { traitsSaidBy, type ProfileState } from '@throughline/engine'
import { toTimelineEntry } from '../inbox/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { describeDevices } from './devices.ts'
import type { History } from './history.ts'
import { loadFormerIds } from './seen.ts'
import { readDefinitionNames } from './names.ts'
import { addUpOrders } from './orders.ts'
import { AWAY, readEntries } from './timeline.ts'

/** Events that tell of devices: the latest so many of whatever kind. */
const LATEST = 500
/** Orders, journeys and words about traits: more than a person has. */
const TELLING = 5_000
const telling = {
  names: ['Order Completed', 'Order Refunded', eventNames.journeyEntered, eventNames.journeyLeft, eventNames.profileUpdated],
  types: ['identify'],
  but: [],
}

/** What the events of a person add up to. */
export async function readPersonHistory(db: Db, history: History, id: string, traits: ProfileState['traits']): Promise<PersonHistory> {
  const profiles = [...(await loadFormerIds(db, [id])).keys()]
  const [told, latest, names] = await Promise.all([
    readEntries(db, history, { profiles, only: telling, limit: TELLING }),
    readEntries(db, history, { profiles, limit: LATEST }),
    readDefinitionNames(db),
  ])
  const events = told.entries.map(toTimelineEntry)
  const recent = latest.entries.map(toTimelineEntry)
  const orders = addUpOrders(events)
  return {
    traits: sourcesOf(traits, [...events, ...recent]),
    devices: describeDevices(recent),
    orders: orders.totals,
    latestOrders: orders.latest,
    pastJourneys: pastJourneys(events, names),
    ...(told.complete && latest.complete ? {} : { note: AWAY }),
  }
}

type Told = ReturnType<typeof toTimelineEntry>

/** A trait is dated by the event that said it last: the event of that instant which says it is its source. */
function sourcesOf(traits: ProfileState['traits'], events: readonly Told[]): PersonHistory['traits'] {
  const byInstant = new Map<string, Told>()
  for (const event of events)
    for (const name of Object.keys(saidBy(event) ?? {}))
      if (!byInstant.has(`${event.timestamp} ${name}`)) byInstant.set(`${event.timestamp} ${name}`, event)
  return Object.entries(traits).flatMap(([name, [, at]]) => {
    const event = byInstant.get(`${at} ${name}`)
    return event === undefined ? [] : [{ name, source: event.source, event: event.name, eventId: event.id }]
  })
}

function saidBy(event: Told): JsonObject | null {
  if (event.name === eventNames.profileUpdated) return objectOf(event.properties['traits'])
  return traitsSaidBy({
    type: event.type as Parameters<typeof traitsSaidBy>[0]['type'],
    properties: event.properties,
    context: event.context,
  })
}

function pastJourneys(events: readonly Told[], names: ReadonlyMap<string, string>): PersonHistory['pastJourneys'] {
  const entered = new Map(
    events.filter(({ name }) => name === eventNames.journeyEntered).map((one) => [one.properties['run'], one.timestamp]),
  )
  return events
    .filter(({ name }) => name === eventNames.journeyLeft)
    .map(({ properties, timestamp }) => {
      const journey = String(properties['journey'])
      return {
        journey,
        journeyName: names.get(`journey ${journey}`) ?? journey,
        version: Number(properties['version'] ?? 1),
        enteredAt: entered.get(properties['run']) ?? null,
        leftAt: timestamp,
        reason: String(properties['reason'] ?? 'end'),
      }
    })
}

function objectOf(value: Json | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}
