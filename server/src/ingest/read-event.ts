import {
  acceptLimits,
  callTypes,
  consentChannels,
  eventNames,
  type CallType,
  type Identifier,
  type IdentifierKind,
  type Lane,
} from '@throughline/contracts'
import { randomUUID } from 'node:crypto'
import { normaliseIdentifier } from '../identity/index.ts'
import type { AcceptEvent } from './accept-event.ts'
import { findProblems, isSound } from './check-json.ts'
import { refuse, type Refusal } from './refusal.ts'
import { readTime } from './times.ts'

/** What all events of a call share. Times are epoch ms. */
export interface CallFrame {
  readonly source: string
  readonly receivedAt: number
  /** The text of the call. */
  readonly raw: string
  /** Whether the text has `\u` escapes. */
  readonly escapes: boolean
  /** When the client says it sent this, by its own clock; corrects the clock of events that do not say themselves. */
  readonly sentAt: unknown
  /** Context of a batch, for events without one. */
  readonly context: SharedContext | undefined
  readonly lane: Lane
  readonly triggers: boolean
  /** Under which time ids are remembered, epoch ms; without it under that of the event, which is kept for some days. */
  readonly dedupeAt?: number
}

/** Ids under this time are remembered for as long as there is a database: those of imports, which may come again any year. */
export const FOR_EVER = 0

type Fields = { readonly [name: string]: unknown }

/** The context of a batch, checked and written once for all its events. */
export interface SharedContext {
  readonly fields: Fields
  /** As it is stored. */
  readonly text: string
  /** What is wrong with it, told to each event that would have it. */
  readonly refusals: readonly Refusal[]
}
export type ReadEvent =
  | { readonly kind: 'event'; readonly event: AcceptEvent }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }

/**
 * Checks one event of Segment's HTTP API and turns it into what is stored. Written by hand, since every event passes here.
 * Source of fields and meanings: Segment's specification, https://segment.com/docs/connections/spec/
 * @param given the type that the route names; events of a batch name their own
 */
export function readEvent(value: unknown, given: CallType | null, frame: CallFrame): ReadEvent {
  if (!isObject(value)) return { kind: 'refused', refusals: [refuse('wrong_type', 'event', value, 'an object', 'is not an object')] }
  const sound = isSound(value, frame.escapes)
  if (!sound) {
    const refusals = findProblems(value, frame.raw)
    if (refusals.length > 0) return { kind: 'refused', refusals }
  }
  const refusals: Refusal[] = []
  const type = given ?? readType(value.type, refusals)
  const messageId = readMessageId(value.messageId, refusals)
  const name = type === null ? '' : readName(type, value, refusals)
  const content = readContent(type, value, refusals)
  const shared = value.context === undefined || value.context === null ? frame.context : undefined
  const context = shared?.fields ?? readObject('context', value.context, refusals)
  if (shared) refusals.push(...shared.refusals)
  const times = readTimes(value, frame, refusals)
  const who = readWho(type, value, content, context, refusals)
  if (name === eventNames.consentChanged && type === 'track') checkConsent(content, refusals)
  if (refusals.length > 0 || type === null) return { kind: 'refused', refusals }

  const properties = JSON.stringify(content)
  const contextText = shared?.text ?? JSON.stringify(context)
  if (properties.length + contextText.length > acceptLimits.eventBytes / 4) {
    const bytes = Buffer.byteLength(properties) + Buffer.byteLength(contextText)
    if (bytes > acceptLimits.eventBytes) return { kind: 'refused', refusals: [tooLarge(bytes)] }
  }
  const event: AcceptEvent = {
    source: frame.source,
    messageId: messageId ?? randomUUID(),
    type,
    name,
    timestamp: times.timestamp,
    // An id of our own never comes again, so any day will do.
    dedupeAt: messageId === undefined ? frame.receivedAt : (frame.dedupeAt ?? times.original),
    properties,
    context: contextText,
    lane: frame.lane,
    triggers: frame.triggers,
    who,
  }
  return { kind: 'event', event }
}

/**
 * Checks what a batch says for all its events, by the same rules as an event's own context.
 * @param raw the text of the call, for numbers as they stood there
 */
export function readSharedContext(value: unknown, raw: string, escapes: boolean): SharedContext | undefined {
  if (value === undefined || value === null) return undefined
  const refusals: Refusal[] = []
  const fields = readObject('context', value, refusals)
  const inEvent = { context: fields }
  if (!isSound(inEvent, escapes)) refusals.push(...findProblems(inEvent, raw))
  if (refusals.length === 0) return { fields, text: JSON.stringify(fields), refusals }
  // One thing is enough: it is said again with every event.
  return { fields: nothing, text: '{}', refusals: refusals.slice(0, 1) }
}

export function tooLarge(bytes: number): Refusal {
  return refuse('too_large', 'event', bytes, `at most ${acceptLimits.eventBytes} bytes (32 KB) of JSON`, `is ${bytes} bytes long`)
}

function readType(value: unknown, refusals: Refusal[]): CallType | null {
  for (const type of callTypes) if (type === value) return type
  refusals.push(
    refuse(
      value === undefined ? 'missing' : 'bad_value',
      'type',
      value,
      callTypes.join(', '),
      value === undefined ? 'is missing' : 'is not a type of event',
    ),
  )
  return null
}

function readMessageId(value: unknown, refusals: Refusal[]): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const allowed = `text of at most ${acceptLimits.messageIdLength} characters`
  if (typeof value !== 'string') refusals.push(refuse('wrong_type', 'messageId', value, allowed, 'is not text'))
  else if (value.length > acceptLimits.messageIdLength)
    refusals.push(refuse('too_long', 'messageId', value, allowed, `is ${value.length} characters long`))
  else return value
  return undefined
}

const ownNames: { readonly [K in Exclude<CallType, 'track'>]: string } = {
  identify: eventNames.identified,
  page: eventNames.pageViewed,
  screen: eventNames.screenViewed,
  group: eventNames.groupJoined,
  alias: eventNames.aliased,
}

function readName(type: CallType, value: Fields, refusals: Refusal[]): string {
  if (type !== 'track') return ownNames[type]
  const name = value.event
  const allowed = `text of 1 to ${acceptLimits.nameLength} characters, such as "Order Completed"`
  if (typeof name !== 'string')
    refusals.push(
      refuse(
        name === undefined || name === null ? 'missing' : 'wrong_type',
        'event',
        name,
        allowed,
        name === undefined || name === null ? 'is missing' : 'is not text',
      ),
    )
  else if (name.trim() === '') refusals.push(refuse('missing', 'event', name, allowed, 'is empty'))
  else if (name.length > acceptLimits.nameLength)
    refusals.push(refuse('too_long', 'event', name, allowed, `is ${name.length} characters long`))
  else if (name === eventNames.listJoined || name === eventNames.listLeft)
    refusals.push(
      refuse(
        'bad_value',
        'event',
        name,
        'any other name; POST /api/lists/:id/members changes lists',
        'is a name that only Throughline writes',
      ),
    )
  else if (name === eventNames.addressSuppressed || name === eventNames.addressReleased)
    refusals.push(
      refuse(
        'bad_value',
        'event',
        name,
        'any other name; what a person says about a channel is "Consent Changed"',
        'is a name that only Throughline writes',
      ),
    )
  else if (name === eventNames.journeyRequested)
    refusals.push(
      refuse(
        'bad_value',
        'event',
        name,
        'any other name; POST /api/journeys/:id/enter lets somebody into a journey',
        'is a name that only Throughline writes',
      ),
    )
  else return name
  return ''
}

/** What becomes the event's properties: those of the client, with what the call says beside them. */
function readContent(type: CallType | null, value: Fields, refusals: Refusal[]): Fields {
  switch (type) {
    case 'identify':
      return readObject('traits', value.traits, refusals)
    case 'page':
    case 'screen': {
      const properties = readObject('properties', value.properties, refusals)
      const name = readLabel('name', value.name, refusals)
      const category = readLabel('category', value.category, refusals)
      if ((name === undefined || 'name' in properties) && (category === undefined || 'category' in properties)) return properties
      return { ...(name === undefined ? {} : { name }), ...(category === undefined ? {} : { category }), ...properties }
    }
    case 'group':
      return { ...readObject('traits', value.traits, refusals), group_id: readId('groupId', value.groupId, true, refusals) ?? null }
    case 'alias':
      return {
        previous_id: readId('previousId', value.previousId, true, refusals) ?? null,
        user_id: readId('userId', value.userId, true, refusals) ?? null,
      }
    case 'track':
    case null:
      return readObject('properties', value.properties, refusals)
    default:
      return type satisfies never
  }
}

function readLabel(field: string, value: unknown, refusals: Refusal[]): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string' && value.length <= 1_000) return value
  refusals.push(
    refuse(
      typeof value === 'string' ? 'too_long' : 'wrong_type',
      field,
      value,
      'text of at most 1,000 characters',
      typeof value === 'string' ? `is ${value.length} characters long` : 'is not text',
    ),
  )
  return undefined
}

const nothing: Fields = {}
function readObject(field: string, value: unknown, refusals: Refusal[]): Fields {
  if (value === undefined || value === null) return nothing
  if (isObject(value)) return value
  refusals.push(refuse('wrong_type', field, value, 'an object', 'is not an object'))
  return nothing
}

/** An id as text. Shops send numbers too, which are taken as long as they are exact. */
function readId(field: string, value: unknown, required: boolean, refusals: Refusal[]): string | undefined {
  const allowed = 'text of 1 to 255 characters, or a whole number below 2^53'
  if (value === undefined || value === null || value === '') {
    if (required) refusals.push(refuse('missing', field, value, allowed, 'is missing'))
    return undefined
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') refusals.push(refuse('wrong_type', field, value, allowed, 'is neither text nor a whole number'))
  else if (value.length > 255) refusals.push(refuse('too_long', field, value, allowed, `is ${value.length} characters long`))
  else return value
  return undefined
}

function readTimes(value: Fields, frame: CallFrame, refusals: Refusal[]): { timestamp: number; original: number | undefined } {
  const [field, stated] =
    value.timestamp === undefined || value.timestamp === null
      ? ['originalTimestamp', value.originalTimestamp]
      : ['timestamp', value.timestamp]
  const original = readOptionalTime(field as string, stated, refusals)
  const sentAt = readOptionalTime('sentAt', value.sentAt ?? frame.sentAt, refusals)
  if (original === undefined) return { timestamp: frame.receivedAt, original }
  // The client's clock is wrong by what lies between its sending and our receiving (Segment's specification, "timestamps").
  const skew = sentAt === undefined ? 0 : frame.receivedAt - sentAt
  return { timestamp: Math.max(0, original + skew), original }
}

function readOptionalTime(field: string, value: unknown, refusals: Refusal[]): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const time = readTime(value)
  if (time === undefined)
    refusals.push(refuse('bad_time', field, value, 'an ISO 8601 time from 1970 on, such as "2026-05-01T09:30:00.000Z"', 'is not a time'))
  return time
}

function readWho(type: CallType | null, value: Fields, content: Fields, context: Fields, refusals: Refusal[]): AcceptEvent['who'] {
  const identifiers: Identifier[] = []
  const add = (kind: IdentifierKind, text: string | undefined): void => {
    const identifier = text === undefined ? undefined : normaliseIdentifier(kind, text)
    if (identifier) identifiers.push(identifier)
  }
  add('user_id', readId('userId', value.userId, false, refusals))
  add('anonymous_id', readId('anonymousId', value.anonymousId, false, refusals))
  const inContext = context.traits
  if (type === 'identify') addContacts(content, add)
  if (isObject(inContext)) addContacts(inContext, add)
  if (type !== 'alias') {
    if (identifiers.length === 0 && refusals.length === 0) refusals.push(nobody(value))
    return { identifiers }
  }
  const previous = typeof content.previous_id === 'string' ? normaliseIdentifier('anonymous_id', content.previous_id) : undefined
  if (!identifiers.some(({ kind }) => kind === 'user_id') && refusals.length === 0) refusals.push(nobody(value))
  return { identifiers, previousId: previous?.value }
}

function addContacts(traits: Fields, add: (kind: IdentifierKind, text: string) => void): void {
  if (typeof traits.email === 'string') add('email', traits.email)
  if (typeof traits.phone === 'string') add('phone', traits.phone)
}

function nobody(value: Fields): Refusal {
  const said = value.userId ?? value.anonymousId
  return refuse(
    'nobody',
    value.userId === undefined || value.userId === null ? 'anonymousId' : 'userId',
    said,
    'an id of the person in userId or anonymousId, or an e-mail address or phone number in traits',
    said === undefined || said === null || said === ''
      ? 'is missing, and so is everything else that says whose event this is'
      : 'is a placeholder that says nothing about whose event this is',
  )
}

function checkConsent(properties: Fields, refusals: Refusal[]): void {
  if (!consentChannels.some((channel) => channel === properties.channel)) {
    refusals.push(
      refuse(
        'bad_value',
        'properties.channel',
        properties.channel,
        consentChannels.join(', '),
        'is not a channel that consent is asked for',
      ),
    )
  }
  if (properties.state !== 'granted' && properties.state !== 'withdrawn') {
    refusals.push(refuse('bad_value', 'properties.state', properties.state, 'granted, withdrawn', 'is not a state of consent'))
  }
  for (const field of ['topic', 'source', 'wording', 'address']) {
    const value = properties[field]
    if (value !== undefined && value !== null && typeof value !== 'string')
      refusals.push(refuse('wrong_type', `properties.${field}`, value, 'text', 'is not text'))
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
