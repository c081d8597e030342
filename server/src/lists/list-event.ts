import { randomUUID } from 'node:crypto'
import { eventNames, ownSource, type Identifier, type JsonObject, type Lane } from '@throughline/contracts'

/** What an event says about a list. */
export interface ListWord {
  readonly list: string
  readonly joined: boolean
}

/** The event that says a membership, as `ingest` accepts it. */
export interface ListEvent {
  readonly source: typeof ownSource
  readonly messageId: string
  readonly type: 'track'
  readonly name: string
  readonly timestamp: number
  readonly dedupeAt: number
  readonly properties: JsonObject
  readonly context: JsonObject
  readonly lane: Lane
  readonly triggers: boolean
  readonly who: { readonly identifiers: readonly Identifier[] } | { readonly profileId: string }
}

/** The list that an event of our own source is about, or null when it is about none. */
export function readListChange(name: string, properties: JsonObject | string): ListWord | null {
  if (name !== eventNames.listJoined && name !== eventNames.listLeft) return null
  const { list } = typeof properties === 'string' ? (JSON.parse(properties) as JsonObject) : properties
  return typeof list === 'string' ? { list, joined: name === eventNames.listJoined } : null
}

/**
 * The event by which somebody joins or leaves a list. Accepted when nothing changes by it, it is no event: its outcome is
 * `duplicate`.
 * @param said `by`: who did it, as people read it; `id`: what makes the event the same one when it is sent again
 */
export function listEvent(said: {
  readonly list: { readonly id: string; readonly name: string }
  readonly joined: boolean
  readonly who: ListEvent['who']
  readonly by: string
  readonly lane: Lane
  readonly triggers: boolean
  readonly id?: string
}): ListEvent {
  const now = Date.now()
  return {
    source: ownSource,
    messageId: `list:${said.id ?? randomUUID()}`,
    type: 'track',
    name: said.joined ? eventNames.listJoined : eventNames.listLeft,
    timestamp: now,
    // The id of a repeated event is looked for at one and the same day, for ever.
    dedupeAt: said.id === undefined ? now : 0,
    properties: { list: said.list.id, list_name: said.list.name, by: said.by },
    context: {},
    lane: said.lane,
    triggers: said.triggers,
    who: said.who,
  }
}
