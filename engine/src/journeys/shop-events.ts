import {
  conditionSchema,
  eventNames,
  startsOf,
  valueAt,
  type Condition,
  type JourneyDefinition,
  type JourneyEntryOf,
  type Json,
  type JsonObject,
} from '@throughline/contracts'
import { compileMatch, type ConditionContext, type Occurrence } from '../conditions/index.ts'
import { shortKey } from '../hash.ts'

/*
 * An event of the shop concerns no person in particular. Whom it concerns is asked of history, with the values of the event in the place of
 * `{event.…}`; each of them then gets an event of their own that asks for the journey, and comes in by it like by a program.
 */

/** A property of the shop's event in a text: `{event.product_id}`, `{event.variant.sku}`. */
const REFERENCE = /\{event\.([^{}\s]+)\}/g
const WHOLE = /^\{event\.([^{}\s]+)\}$/
/** What was meant as one and is none. */
const BROKEN = /\{\s*event\b|\{\{/
/** Where values stand in comparisons. */
const VALUES: ReadonlySet<string> = new Set(['value', 'values'])

const SHOP_EVENT = 'shop-event'

/** Something that the shop said of no person in particular. */
export interface ShopEvent {
  readonly name: string
  readonly properties: JsonObject
  /** When it was received, epoch ms. */
  readonly at: number
}

/** An entry that an event of the shop is meant for. */
export interface ShopEntry {
  /** What tells it from other entries of the journey, in every version. */
  readonly key: string
  /** Whom the event concerns, with its values filled in; null: one of them is not there or does not fit, and it concerns nobody. */
  readonly concerns: Condition | null
}

/** What tells an entry by an event of the shop from the others of the journey, in every version: what is meant, and whom it concerns. */
export function shopEntryKey({ on, concerns }: JourneyEntryOf<'shop-event'>): string {
  return shortKey(JSON.stringify([on, concerns]))
}

/** The entries of a journey that are meant by an event of the shop, each with whom it concerns. */
export function shopEntriesOf(
  journey: JourneyDefinition,
  { name, properties, at }: ShopEvent,
  context: ConditionContext,
): readonly ShopEntry[] {
  const occurrence: Occurrence = { id: '', name, at, hash: 0, timestamp: at, properties }
  return startsOf(journey).flatMap((entry): ShopEntry[] => {
    if (entry.kind !== SHOP_EVENT || !compileMatch(entry.on, context)(occurrence)) return []
    return [{ key: shopEntryKey(entry), concerns: fillConcerns(entry.concerns, properties) }]
  })
}

/** Properties of the event by which one person is asked into a journey, as `Journey Requested`. @param entries keys of the entries that concern them */
export function shopRequest(journey: string, entries: readonly string[], { name, properties }: ShopEvent): JsonObject {
  return { journey, by: SHOP_EVENT, event: name, entries: [...entries], properties }
}

/** Whether it asks somebody into a journey by an event of the shop; with `key`, by this entry. */
export function isShopRequest(said: { readonly name: string; readonly properties: JsonObject }, journey: string, key?: string): boolean {
  const { journey: asked, by, entries } = said.properties
  if (said.name !== eventNames.journeyRequested || asked !== journey || by !== SHOP_EVENT) return false
  return key === undefined || (Array.isArray(entries) && entries.includes(key))
}

/**
 * The condition with values of an event in the place of its references: alone in a text a value keeps its kind, and a list stands for
 * its elements; within other text it is written out.
 * @returns null when a property is not there, or what comes out is no condition
 */
export function fillConcerns(concerns: Condition, properties: JsonObject): Condition | null {
  const filled = fill(concerns, properties, false)
  const parsed = conditionSchema.safeParse(filled)
  return parsed.success ? parsed.data : null
}

/** The paths of the properties that a condition refers to, each once. */
export function pathsIn(concerns: Condition): readonly string[] {
  const paths = [...textsIn(concerns, '', false)].flatMap(({ text }) => [...text.matchAll(REFERENCE)].map(([, path]) => path!))
  return [...new Set(paths)]
}

/** References that could not be filled in: with the field, its text, and what is wrong with it. */
export function* findReferenceFaults(
  concerns: Condition,
): Iterable<{ readonly field: string; readonly text: string; readonly fault: string }> {
  for (const { field, text, isValue } of textsIn(concerns, '', false)) {
    const rest = text.replace(REFERENCE, '')
    if (BROKEN.test(rest) || text.includes('{{')) yield { field, text, fault: 'is no reference to a property of the event' }
    else if (rest !== text && !isValue) yield { field, text, fault: 'refers to the event outside of a value' }
  }
}

function* textsIn(
  part: unknown,
  field: string,
  isValue: boolean,
): Iterable<{ readonly field: string; readonly text: string; readonly isValue: boolean }> {
  if (typeof part === 'string') yield { field, text: part, isValue }
  else if (Array.isArray(part)) for (const [index, one] of part.entries()) yield* textsIn(one, `${field}.${index}`, isValue)
  else if (typeof part === 'object' && part !== null)
    for (const [key, one] of Object.entries(part)) yield* textsIn(one, `${field}.${key}`, VALUES.has(key))
}

/** What does not fit is left in place of the text, where the schema refuses it. */
function fill(part: unknown, properties: JsonObject, isValue: boolean): unknown {
  if (typeof part === 'string') return isValue ? fillText(part, properties) : part
  if (Array.isArray(part))
    return part.flatMap((one): unknown[] => {
      const filled = fill(one, properties, isValue)
      return typeof one === 'string' && Array.isArray(filled) ? filled : [filled]
    })
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, fill(one, properties, VALUES.has(key))]))
}

function fillText(text: string, properties: JsonObject): Json {
  const whole = WHOLE.exec(text)
  if (whole !== null) return valueAt(properties, whole[1]!) ?? null
  let isWhole = true
  const filled = text.replace(REFERENCE, (_, path: string) => {
    const value = valueAt(properties, path)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    isWhole = false
    return ''
  })
  return isWhole ? filled : null
}
