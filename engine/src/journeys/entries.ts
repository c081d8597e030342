import {
  comparableText,
  eventNames,
  formPlaces,
  keywordOf,
  ownSource,
  readDate,
  type EventMatch,
  type Json,
  type JsonObject,
  type JourneyEntry,
  type JourneyEntryOf,
} from '@throughline/contracts'
import {
  compileClocks,
  compileMatch,
  isObject,
  traitNames,
  type CompiledCondition,
  type Compiler,
  type Occurrence,
  type View,
} from '../conditions/index.ts'
import { audienceKey } from './occasions.ts'
import { shortKey } from '../hash.ts'
import { compileDate, type NextDate } from './dates.ts'
import { isShopRequest, shopEntryKey } from './shop-events.ts'

/** One of the things that start a journey, made ready for the hot path. */
export interface CompiledEntry {
  readonly kind: JourneyEntry['kind']
  /** Name of the event or fact by which it starts; null where it is none. */
  readonly event: string | null
  matches(occurrence: Occurrence): boolean
  /** The trait whose change starts it, and the top-level names by which it may be found. */
  readonly trait: string | null
  readonly traits: readonly string[]
  /** Top-level names of the traits by which its next date changes. */
  readonly dateTraits: readonly string[]
  /** Set where those start it too who are in a segment, or out of it, by the reading of history. */
  readonly filled: boolean
  readonly condition: CompiledCondition | null
  /** When it comes round for somebody by a date of theirs; null where it does not. */
  readonly nextDate: NextDate | null
  /** What tells this date from others of the journey, in every version; empty where it is none. */
  readonly dateKey: string
  /** Who comes in together; null where it is no audience. */
  readonly audience: CompiledAudience | null
  /** What templates and keys see of the event that started it. */
  propertiesOf(occurrence: Occurrence): JsonObject
}

/** Whom an entry takes in together, and when by their own clocks. */
export interface CompiledAudience {
  /** See `audienceKey`. */
  readonly key: string
  /** Null: everybody. */
  readonly segment: string | null
  /** The instant at which the person's clocks show it, epoch ms; null: at once, for all at the same time. */
  readonly instantOf: ((view: View, slot: number) => number) | null
}

/** Names of occurrences that are no events of anybody's: a date came, `{ entry, date }`; an audience came in, `{ entry }`. */
export const dateReached = 'Date Reached'
export const audienceReached = 'Audience Reached'
/** The name that an occurrence bears which says that a trait changed; `{ trait, from, to }`. It is no event of anybody's. */
export const traitChange = 'Trait Changed'

const whole = ({ properties }: Occurrence): JsonObject => properties
const inner = ({ properties: { properties } }: Occurrence): JsonObject => (isObject(properties) ? properties : {})

/** Name of the event by which an entry by a form starts. */
export function formEventOf({ on }: JourneyEntryOf<'form'>): string {
  return on === 'confirmed' ? eventNames.formConfirmed : eventNames.formSubmitted
}

function formMatch(entry: JourneyEntryOf<'form'>): EventMatch {
  const { form, where = [] } = entry
  return { event: formEventOf(entry), where: [{ property: formPlaces.form, compare: { op: 'is', value: form } }, ...where] }
}

/** Whether Throughline itself says it, and no client. */
function isOwn({ event }: Occurrence): boolean {
  return event === undefined || event.source === ownSource
}

/** @param journey the id of the journey that it starts */
export function compileEntry(entry: JourneyEntry, index: number, journey: string, compiler: Compiler): CompiledEntry {
  const shared = {
    kind: entry.kind,
    trait: null,
    traits: [],
    dateTraits: [],
    filled: false,
    nextDate: null,
    dateKey: '',
    audience: null,
    condition: entry.if === undefined ? null : compiler.compile(entry.if),
    propertiesOf: whole,
  }
  switch (entry.kind) {
    case 'event':
      return { ...shared, event: entry.on.event, matches: compileMatch(entry.on, compiler.context) }
    case 'form': {
      const event = formEventOf(entry)
      const matches = compileMatch(formMatch(entry), compiler.context)
      const byHand = entry.on === 'submitted'
      // Anybody may say that a form was submitted, as anybody may submit it; who confirmed one is known to us alone.
      return { ...shared, event, matches: byHand ? matches : (occurrence) => isOwn(occurrence) && matches(occurrence) }
    }
    case 'shop-event': {
      const key = shopEntryKey(entry)
      return {
        ...shared,
        event: eventNames.journeyRequested,
        matches: (occurrence) => isShopRequest(occurrence, journey, key) && isOwn(occurrence),
        propertiesOf: inner,
      }
    }
    case 'inbound': {
      const { channel, match } = entry
      const keywords = entry.keywords === undefined ? null : new Set(entry.keywords.map(comparableText))
      return {
        ...shared,
        event: eventNames.messageReceived,
        matches: (occurrence) => {
          const { text, channel: by } = occurrence.properties
          if (occurrence.name !== eventNames.messageReceived || !isOwn(occurrence) || (channel !== undefined && by !== channel))
            return false
          return (
            keywords === null || (typeof text === 'string' && keywords.has(match === 'first-word' ? keywordOf(text) : comparableText(text)))
          )
        },
      }
    }
    case 'segment': {
      const event = entry.change === 'left' ? eventNames.segmentLeft : eventNames.segmentEntered
      return {
        ...shared,
        event,
        filled: entry.filled === true,
        matches: (occurrence) => occurrence.name === event && occurrence.properties.segment === entry.segment && isOwn(occurrence),
      }
    }
    case 'trait':
      return {
        ...shared,
        event: null,
        trait: entry.trait,
        traits: traitNames(entry.trait),
        matches: ({ name, properties: { trait, from, to } }) =>
          name === traitChange && trait === entry.trait && isMeant(entry.from, from) && isMeant(entry.to, to),
      }
    case 'date':
      return {
        ...shared,
        event: null,
        nextDate: compileDate(entry, compiler),
        dateKey: shortKey(JSON.stringify([entry.trait, entry.days, entry.at, entry.zone, entry.every])),
        dateTraits: [...traitNames(entry.trait), 'timezone'],
        matches: ({ name, properties }) => name === dateReached && properties.entry === index,
      }
    case 'audience':
      return {
        ...shared,
        event: null,
        audience: { key: audienceKey(entry), segment: entry.segment ?? null, instantOf: compileInstant(entry, compiler) },
        matches: ({ name, properties }) => name === audienceReached && properties.entry === index,
      }
    case 'api':
    case 'journey':
      return {
        ...shared,
        event: eventNames.journeyRequested,
        matches: (occurrence) =>
          occurrence.name === eventNames.journeyRequested &&
          occurrence.properties.journey === journey &&
          occurrence.properties.by === entry.kind &&
          isOwn(occurrence),
        propertiesOf: inner,
      }
    default:
      return entry satisfies never
  }
}

function compileInstant({ when, zone }: JourneyEntryOf<'audience'>, compiler: Compiler): CompiledAudience['instantOf'] {
  if (zone === 'shop' || (when.kind === 'once' && (when.at === undefined || readDate(when.at)?.isInstant === true))) return null
  const clocksOf = compileClocks(compiler)
  return (view, slot) => (clocksOf(view) ?? compiler.context.calendar).instantOf(slot)
}

/** `undefined` in the definition means any value; a trait without one counts as `null`. */
function isMeant(wanted: Json | undefined, value: Json | undefined): boolean {
  return wanted === undefined || wanted === (value ?? null)
}
