import {
  consentChannels,
  eventNames,
  ownSource,
  type EventType,
  type Identifier,
  type JsonObject,
  type Lane,
  type Problem,
} from '@throughline/contracts'
import type { IdentifyItem } from '../identity/index.ts'
import { readListChange, type ListWord } from '../lists/index.ts'
import { orderTold, type OrderTold } from './orders.ts'

/** An event on its way in: checked, and its person named by identifiers or by profile. */
export interface AcceptEvent {
  readonly source: string
  /** With the source it makes the event's id; a second event of this id is a duplicate. */
  readonly messageId: string
  readonly type: EventType
  readonly name: string
  /** When it happened, epoch ms, by the client's corrected clock. */
  readonly timestamp: number
  /**
   * An instant that is the same at every retry, epoch ms: de-duplication looks at its day alone. When left out, it is the
   * day of `timestamp` and the day before.
   */
  readonly dedupeAt?: number
  /** JSON, or its text when the caller has it already. */
  readonly properties: JsonObject | string
  readonly context: JsonObject | string
  readonly lane: Lane
  /** False for history: it feeds conditions, and starts or moves no journey. */
  readonly triggers: boolean
  /** Whether a consent in it is the word of the team: may suppress the address. Events of our own source are anyway. */
  readonly trusted?: boolean
  readonly who: { readonly identifiers: readonly Identifier[]; readonly previousId?: string } | { readonly profileId: string }
}

export type AcceptOutcome =
  | { readonly kind: 'accepted'; readonly eventId: string; readonly profileId: string }
  /** Accepted before, under the same source and message id. */
  | { readonly kind: 'duplicate'; readonly eventId: string }
  /** `forgotten`: it is about somebody who was forgotten, so nothing of it may be kept anywhere. */
  | { readonly kind: 'rejected'; readonly eventId: string; readonly problems: readonly Problem[]; readonly forgotten?: true }

/** A consent said by an event, as it is written beside it. */
export interface ConsentChange {
  readonly channel: (typeof consentChannels)[number]
  readonly topic: string
  readonly state: 'granted' | 'withdrawn'
  readonly source: string
  readonly address: string | null
  readonly wording: string | null
}

/** An event made ready outside of the transaction. */
export interface Prepared {
  readonly event: AcceptEvent
  readonly eventId: string
  readonly properties: string
  readonly context: string
  readonly item: IdentifyItem
  readonly consent: ConsentChange | null
  readonly list: ListWord | null
  readonly order: OrderTold | null
  /** Rough size in memory and on the wire, in characters. */
  readonly size: number
}

/** Makes the texts that are stored. Throws nothing on checked events. */
export function prepare(event: AcceptEvent): Prepared {
  const properties = typeof event.properties === 'string' ? event.properties : JSON.stringify(event.properties)
  const context = typeof event.context === 'string' ? event.context : JSON.stringify(event.context)
  const consent = event.name === eventNames.consentChanged && event.type !== 'control' ? readConsent(event) : null
  const list = event.source === ownSource ? readListChange(event.name, event.properties) : null
  const person = 'profileId' in event.who ? { identifiers: [], profileId: event.who.profileId } : event.who
  return {
    event,
    eventId: `${event.source}:${event.messageId}`,
    properties,
    context,
    item: consent !== null || list !== null ? { ...person, hold: true } : person,
    consent,
    list,
    order: orderTold(event),
    size: properties.length + context.length + event.name.length + 200,
  }
}

/** What a consent event says, or null when it is not whole; the ingest API refuses such an event before. */
function readConsent(event: AcceptEvent): ConsentChange | null {
  const { channel, topic, state, source, address, wording } = parseObject(event.properties)
  if (!isOneOf(consentChannels, channel) || (state !== 'granted' && state !== 'withdrawn')) return null
  return {
    channel,
    topic: typeof topic === 'string' ? topic : '',
    state,
    source: typeof source === 'string' ? source : event.source,
    address: typeof address === 'string' && address !== '' ? normaliseAddress(channel, address) : null,
    wording: typeof wording === 'string' ? wording : null,
  }
}

function parseObject(value: JsonObject | string): JsonObject {
  return typeof value === 'string' ? (JSON.parse(value) as JsonObject) : value
}

function isOneOf<T extends string>(allowed: readonly T[], value: unknown): value is T {
  return allowed.some((one) => one === value)
}

function normaliseAddress(channel: string, address: string): string {
  return channel === 'email' ? address.trim().toLowerCase() : address.trim()
}
