import { eventNames, ownSource, type Json, type JsonObject, type JourneyEntry } from '@throughline/contracts'
import { compileMatch, isObject, traitNames, type CompiledCondition, type Compiler, type Occurrence } from '../conditions/index.ts'

/** One of the things that start a journey, made ready for the hot path. */
export interface CompiledEntry {
  readonly kind: JourneyEntry['kind']
  /** Name of the event or fact by which it starts; null where it is none. */
  readonly event: string | null
  matches(occurrence: Occurrence): boolean
  /** The trait whose change starts it, and the top-level names by which it may be found. */
  readonly trait: string | null
  readonly traits: readonly string[]
  /** Set where those start it too who are in a segment, or out of it, by the reading of history. */
  readonly filled: boolean
  readonly condition: CompiledCondition | null
  /** What templates and keys see of the event that started it. */
  propertiesOf(occurrence: Occurrence): JsonObject
}

/** The name that an occurrence bears which says that a trait changed; `{ trait, from, to }`. It is no event of anybody's. */
export const traitChange = 'Trait Changed'

const whole = ({ properties }: Occurrence): JsonObject => properties
const inner = ({ properties: { properties } }: Occurrence): JsonObject => (isObject(properties) ? properties : {})

/** Whether Throughline itself says it, and no client. */
function isOwn({ event }: Occurrence): boolean {
  return event === undefined || event.source === ownSource
}

/** @param journey the id of the journey that it starts */
export function compileEntry(entry: JourneyEntry, journey: string, compiler: Compiler): CompiledEntry {
  const shared = {
    kind: entry.kind,
    trait: null,
    traits: [],
    filled: false,
    condition: entry.if === undefined ? null : compiler.compile(entry.if),
    propertiesOf: whole,
  }
  switch (entry.kind) {
    case 'event':
      return { ...shared, event: entry.on.event, matches: compileMatch(entry.on, compiler.context) }
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

/** `undefined` in the definition means any value; a trait without one counts as `null`. */
function isMeant(wanted: Json | undefined, value: Json | undefined): boolean {
  return wanted === undefined || wanted === (value ?? null)
}
