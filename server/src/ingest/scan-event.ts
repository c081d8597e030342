import { acceptLimits, eventNames, type CallType, type Identifier } from '@throughline/contracts'
import { normaliseIdentifier } from '../identity/index.ts'
import type { AcceptEvent } from './accept-event.ts'
import type { CallFrame } from './read-event.ts'
import { JsonScanner, NotJson } from './scan-json.ts'
import { readTime } from './times.ts'

/** Fields of an event that a plain one may have, each a text without escapes; null stands for absent. */
interface Fields {
  type?: string
  messageId?: string
  event?: string
  userId?: string
  anonymousId?: string
  timestamp?: string
  sentAt?: string
}
const fieldNames = ['type', 'messageId', 'event', 'userId', 'anonymousId', 'timestamp', 'sentAt'] as const
/** Names of events that are looked at closer, by readEvent. */
const special: ReadonlySet<string> = new Set([
  eventNames.consentChanged,
  eventNames.listJoined,
  eventNames.listLeft,
  eventNames.addressSuppressed,
  eventNames.addressReleased,
  eventNames.journeyRequested,
])
// What makes an event more than a track or page call with properties and context is read by readEvent.
const otherNames = ['name', 'category', 'originalTimestamp', 'writeKey', 'write_key']

/** An event found in the text of a call. What it says is read from there; `text` is the whole of it. */
export interface ScannedEvent {
  readonly text: string
  /** What is known of an event of the usual make, else null. */
  readonly usual: { readonly fields: Fields; readonly properties: string | null; readonly context: string | null } | null
}

/** A batch, as far as it was looked at: its events, and the text of the call with an empty list in their place. */
export interface ScannedBatch {
  readonly events: readonly ScannedEvent[]
  readonly rest: string
}

/** Finds the event that the body of a single call is, or null when the text has to be parsed to know. */
export function scanSingle(text: string, bytes: Buffer): ScannedEvent | null {
  return orNull(() => {
    const scanner = new JsonScanner(text, bytes)
    const event = scanEvent(scanner)
    return scanner.at === bytes.length && event.usual ? event : null
  })
}

/** Finds the events in the body of a batch, or null when the text has to be parsed to know. */
export function scanBatch(text: string, bytes: Buffer): ScannedBatch | null {
  return orNull(() => {
    const scanner = new JsonScanner(text, bytes)
    scanner.skipSpace()
    const events: ScannedEvent[] = []
    let from = 0
    let to = 0
    let sound = true
    scanner.skipObject(0, (nameFrom, nameTo) => {
      // A name with escapes may be "batch" too, and of a name given twice the last one counts.
      if (scanner.slice(nameFrom, nameTo).includes('\\')) sound = false
      if (!scanner.isWord('batch', nameFrom, nameTo)) return scanner.skipValue(1)
      if (scanner.peek() !== 91 || to > 0) throw new NotJson('no batch')
      from = scanner.at
      scanner.pass(91)
      scanner.skipSpace()
      while (scanner.peek() !== 93) {
        if (events.length > 0) scanner.pass(44)
        scanner.skipSpace()
        events.push(scanEvent(scanner))
        scanner.skipSpace()
      }
      scanner.pass(93)
      to = scanner.at
    })
    scanner.skipSpace()
    if (!sound || to === 0 || scanner.at !== bytes.length) return null
    return { events, rest: `${scanner.slice(0, from)}[]${scanner.slice(to, bytes.length)}` }
  })
}

function orNull<T>(scan: () => T | null): T | null {
  try {
    return scan()
  } catch (error) {
    if (error instanceof NotJson) return null
    throw error
  }
}

function scanEvent(scanner: JsonScanner): ScannedEvent {
  const start = scanner.at
  const fields: Fields = {}
  let usual = true
  let properties: string | null = null
  let context: string | null = null
  scanner.plain = true
  scanner.skipObject(1, (from, to) => {
    const at = scanner.at
    const code = scanner.peek()
    if (scanner.isWord('properties', from, to)) {
      if (code !== 123) usual = false
      scanner.skipValue(2)
      properties = scanner.slice(at, scanner.at)
      return
    }
    if (scanner.isWord('context', from, to)) {
      if (code !== 123) {
        usual = false
        return scanner.skipValue(2)
      }
      scanner.skipObject(2, (nameFrom, nameTo) => {
        if (scanner.isWord('traits', nameFrom, nameTo)) usual = false
        scanner.skipValue(3)
      })
      context = scanner.slice(at, scanner.at)
      return
    }
    for (const name of fieldNames) {
      if (!scanner.isWord(name, from, to)) continue
      if (code === 34) {
        usual = scanner.skipString() && usual
        fields[name] = scanner.slice(at + 1, scanner.at - 1)
      } else {
        usual &&= code === 110
        scanner.skipValue(2)
      }
      return
    }
    for (const name of otherNames) if (scanner.isWord(name, from, to)) usual = false
    scanner.skipValue(2)
  })
  return { text: scanner.slice(start, scanner.at), usual: usual && scanner.plain ? { fields, properties, context } : null }
}

/**
 * Reads a track, page or screen event of the usual make, as most are: the same as `readEvent` makes of it, at a third of
 * the price. Null for every event that is not quite of this make, or wrong: what it is, `readEvent` finds out.
 */
export function readScanned({ usual }: ScannedEvent, given: CallType | null, frame: CallFrame): AcceptEvent | null {
  if (usual === null) return null
  const { fields } = usual
  const type = given ?? fields.type
  if (type !== 'track' && type !== 'page' && type !== 'screen') return null
  const name = type === 'track' ? (fields.event ?? '') : type === 'page' ? eventNames.pageViewed : eventNames.screenViewed
  if (name.length > acceptLimits.nameLength || name.trim() === '' || (type === 'track' && special.has(name))) return null
  const { messageId } = fields
  if (messageId === undefined || messageId === '' || messageId.length > acceptLimits.messageIdLength) return null
  if (usual.context === null && frame.context !== undefined) return null

  const identifiers: Identifier[] = []
  if (!addId('user_id', fields.userId, identifiers) || !addId('anonymous_id', fields.anonymousId, identifiers)) return null
  if (identifiers.length === 0) return null

  const original = fields.timestamp === undefined ? undefined : readTime(fields.timestamp)
  const stated = fields.sentAt ?? frame.sentAt
  const sentAt = stated === undefined ? undefined : readTime(stated)
  if (original === undefined || (sentAt === undefined) !== (stated === undefined)) return null

  const properties = usual.properties ?? '{}'
  const context = usual.context ?? '{}'
  if (properties.length + context.length > acceptLimits.eventBytes / 4) return null
  return {
    source: frame.source,
    messageId,
    type,
    name,
    timestamp: Math.max(0, original + (sentAt === undefined ? 0 : frame.receivedAt - sentAt)),
    dedupeAt: original,
    properties,
    context,
    lane: frame.lane,
    triggers: frame.triggers,
    who: { identifiers },
  }
}

/** Answers false when the id is one that readEvent has to look at. */
function addId(kind: Identifier['kind'], value: string | undefined, identifiers: Identifier[]): boolean {
  if (value === undefined || value === '') return true
  if (value.length > 255) return false
  const identifier = normaliseIdentifier(kind, value)
  if (identifier) identifiers.push(identifier)
  return true
}
