import {
  conditionSchema,
  eventNames,
  eventValuePath,
  startsOf,
  valueAt,
  type ComparisonOp,
  type Condition,
  type JourneyDefinition,
  type JourneyEntryOf,
  type Json,
  type JsonObject,
} from '@throughline/contracts'
import { compileMatch, describeClause, type ConditionContext, type Occurrence } from '../conditions/index.ts'
import { shortKey } from '../hash.ts'

/*
 * An event of the shop concerns no person in particular. Whom it concerns is asked of history, with the values of the event in the place of
 * `{event.…}`; each of them then gets an event of their own that asks for the journey, and comes in by it like by a program.
 */

/** A property of the shop's event in a text: `{event.product_id}`, `{event.variant.sku}`. */
const REFERENCE = /\{event\.([^{}\s]+)\}/g
/** One in a sentence: texts stand in quotation marks there, numbers and dates do not. */
const SAID = /“\{event\.([^{}\s]+)\}”|(?<=^|\s)\{event\.([^{}\s]+)\}(?=$|[\s,;.)])/g
/** What was meant as one and is none. */
const BROKEN = /\{\s*event\b|\{\{/
/** Where values stand in comparisons, and the days of a window. */
const VALUES: ReadonlySet<string> = new Set(['value', 'values', 'from', 'to', 'date', 'version'])

const SHOP_EVENT = 'shop-event'
/** So much of a value is told where it does not fit. */
const SHOWN = 60
const PLAIN = 'a text, a number, or yes or no'
/** What else a comparison wants of a value. */
const wanted: { readonly [Op in ComparisonOp]?: string } = {
  contains: 'a text',
  begins: 'a text',
  ends: 'a text',
  greater: 'a number',
  'at-least': 'a number',
  less: 'a number',
  'at-most': 'a number',
  between: 'a number',
  before: 'a date',
  after: 'a date',
  'between-dates': 'a date',
  'version-at-least': 'a version',
  'version-less': 'a version',
}

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
  /** Why it concerns nobody; null where it may. */
  readonly misfit: string | null
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
    const concerns = fillConcerns(entry.concerns, properties)
    const misfit = concerns === null ? sayMisfits(entry.concerns, properties) || 'what it says does not fit the condition' : null
    return [{ key: shopEntryKey(entry), concerns, misfit }]
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
 * The condition with values of an event in the place of its references: alone in a text a value keeps its kind, so that a number can be
 * compared, and a list stands for its elements; within other text it is written out.
 * @returns null when a property is not there, or what comes out is no condition
 */
export function fillConcerns(concerns: Condition, properties: JsonObject): Condition | null {
  const filled = fill(concerns, properties, false)
  const parsed = conditionSchema.safeParse(filled)
  return parsed.success ? parsed.data : null
}

/**
 * What of an event keeps it from being filled in, in words: `it lacks price`, `its price is "cheap" where a number is wanted`.
 * @returns '' when nothing of the event is at fault: it fits, or the condition itself is not finished
 */
export function sayMisfits(concerns: Condition, properties: JsonObject): string {
  const { error } = conditionSchema.safeParse(fill(concerns, properties, false))
  const said = (error?.issues ?? []).flatMap(({ path }) => misfitsAt(concerns, path, properties))
  return [...new Set(said)].join(', and ')
}

function misfitsAt(concerns: Condition, path: readonly PropertyKey[], properties: JsonObject): readonly string[] {
  let at: unknown = concerns
  let holder: object = concerns
  for (const key of path) {
    // Of a list of values: a list of the event may have moved the others on.
    if (typeof at !== 'object' || at === null || isTexts(at)) break
    holder = at
    at = (at as Record<PropertyKey, unknown>)[key]
  }
  const inList = isTexts(at)
  // Of a whole condition something else is wrong.
  if (typeof at !== 'string' && !inList) return []
  const asked = wantedIn(holder)
  return [...textsIn(at, '', true)].flatMap(({ text }) =>
    [...text.matchAll(REFERENCE)].flatMap(([, named]) => {
      const value = valueAt(properties, named!)
      if (value === undefined) return [`it lacks ${named}`]
      if (inList && (isScalar(value) || (Array.isArray(value) && value.length > 0 && value.every(isScalar)))) return []
      const shown = JSON.stringify(value)
      return [`its ${named} is ${shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown} where ${asked} is wanted`]
    }),
  )
}

const isTexts = (part: unknown): boolean => Array.isArray(part) && part.some((one) => typeof one === 'string')
const isScalar = (value: Json): boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** What has to stand in a comparison, in the days of a window, or as the value that a figure is about. */
function wantedIn(holder: object): string {
  if (!('op' in holder)) return 'value' in holder ? PLAIN : 'a date'
  return wanted[holder.op as ComparisonOp] ?? PLAIN
}

/** The condition as a clause, in which the event is spoken of: `did Product Viewed where price is more than the event’s price`. */
export function describeConcerns(concerns: Condition): string {
  return sayReferences(describeClause(concerns))
}

/** A sentence with whole references said in words; one within a longer text stays as it is written. */
export function sayReferences(sentence: string): string {
  return sentence.replaceAll(SAID, (_, quoted?: string, plain?: string) => `the event’s ${quoted ?? plain}`)
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
  const whole = eventValuePath(text)
  if (whole !== undefined) return valueAt(properties, whole) ?? null
  let isWhole = true
  const filled = text.replace(REFERENCE, (_, path: string) => {
    const value = valueAt(properties, path)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    isWhole = false
    return ''
  })
  return isWhole ? filled : null
}
