import { valueAt, type Json, type JsonObject } from '@throughline/contracts'
import { isNumber, isText, numberOf as doubleOf, textOf } from './comparisons/sql-values.ts'
import type { SqlBuilder } from './sql-builder.ts'

/*
 * Values of events in the form in which they are counted, the same in the engine and in ClickHouse:
 * - a number is taken to four decimals, as a whole number of ten-thousandths: sums do not depend on the order of events, and
 *   money in any usual currency stays exact; numbers beyond ±900 billion are left out;
 * - a value is told from others by a key, a text: `s` and the text itself, `n` and the ten-thousandths, `b1` or `b0`. Lists,
 *   objects, `null` and texts of more than 200 characters have none.
 */
const UNITS = 10_000
const MOST = 900_000_000_000
const LONGEST = 200

/** The number in ten-thousandths; `undefined` for what is no number, or too large. */
export function unitsOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Math.abs(value) <= MOST ? Math.floor(value * UNITS + 0.5) : undefined
}

/** The number that so many ten-thousandths are. */
export function numberOf(units: number): number {
  return units / UNITS
}

/** What tells a value from others; `undefined` for one that is not counted. */
export function keyOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return isShort(value) ? `s${value}` : undefined
  if (typeof value === 'boolean') return value ? 'b1' : 'b0'
  const units = unitsOf(value)
  return units === undefined ? undefined : `n${units}`
}

/** The value of a key. */
export function valueOfKey(key: string): Json {
  if (key.startsWith('s')) return key.slice(1)
  return key.startsWith('n') ? numberOf(Number(key.slice(1))) : key === 'b1'
}

// By code points, as databases count.
function isShort(text: string): boolean {
  if (text.length <= LONGEST) return true
  if (text.length > LONGEST * 2) return false
  let length = 0
  for (const _ of text) length++
  return length <= LONGEST
}

/** A value out of every event, in ClickHouse: where `counts` holds, it is `value`. */
export interface ValueSql {
  readonly counts: string
  readonly value: string
}

/** {@link unitsOf} over a JSON text. */
export function unitsToSql(json: string, sql: SqlBuilder): ValueSql {
  const number = sql.perEvent(doubleOf(json))
  return {
    counts: `${isNumber(json)} and abs(${number}) <= ${MOST}`,
    value: sql.perEvent(`toInt64(floor(${number} * ${UNITS} + 0.5))`),
  }
}

/** {@link keyOf} over a JSON text. */
export function keyToSql(json: string, sql: SqlBuilder): ValueSql {
  const number = unitsToSql(json, sql)
  const text = sql.perEvent(textOf(json))
  const value = sql.perEvent(
    `multiIf(${isText(json)}, if(lengthUTF8(${text}) <= ${LONGEST}, concat('s', ${text}), ''), ${json} = 'true', 'b1', ${json} = 'false', 'b0', ${number.counts}, concat('n', toString(${number.value})), '')`,
  )
  return { counts: `${value} != ''`, value }
}

/** {@link numberOf} as a JSON text. */
export function numberToJsonSql(units: string): string {
  return `toJSONString(${units} / ${UNITS})`
}

/** {@link valueOfKey} as a JSON text; empty for an empty key. */
export function keyToJsonSql(key: string): string {
  return `multiIf(${key} = '', '', startsWith(${key}, 's'), toJSONString(substring(${key}, 2)), startsWith(${key}, 'n'), ${numberToJsonSql(`toInt64OrZero(substring(${key}, 2))`)}, ${key} = 'b1', 'true', 'false')`
}

/** The values at a path that may lead through one list (`products[].sku`); what is no object has no properties. */
export function valuesAt(data: JsonObject, path: string): readonly (Json | undefined)[] {
  const { list, rest } = splitList(path)
  if (list === undefined) return [valueAt(data, path)]
  const elements = valueAt(data, list)
  if (!Array.isArray(elements)) return []
  return rest === '' ? elements : elements.map((element) => (isObject(element) ? valueAt(element, rest) : undefined))
}

/** {@link keyOf} of each of {@link valuesAt} of the properties of an event, as a list of texts without those that have none. */
export function keysToSql(path: string, sql: SqlBuilder): string {
  const { list, rest } = splitList(path)
  const [elements, inside] =
    list === undefined ? [`[${sql.jsonAt('properties', path)}]`, ''] : [`JSONExtractArrayRaw(${sql.jsonAt('properties', list)})`, rest]
  const element = sql.variable(elements)
  const value = sql.variable(`${elements} ${inside}`)
  const number = `JSONExtractFloat(${value})`
  const text = `JSONExtractString(${value})`
  const key = `multiIf(JSONType(${value}) = 'String', if(lengthUTF8(${text}) <= ${LONGEST}, concat('s', ${text}), ''), JSONType(${value}) = 'Bool', if(${value} = 'true', 'b1', 'b0'), JSONType(${value}) in ('Int64', 'UInt64', 'Double') and abs(${number}) <= ${MOST}, concat('n', toString(toInt64(floor(${number} * ${UNITS} + 0.5)))), '')`
  const found = inside === '' ? elements : `arrayMap(${element} -> ${sql.jsonAt(element, inside)}, ${elements})`
  return `arrayFilter(k -> k != '', arrayMap(${value} -> ${key}, ${found}))`
}

function splitList(path: string): { readonly list: string | undefined; readonly rest: string } {
  const at = path.indexOf('[]')
  if (at < 0) return { list: undefined, rest: path }
  const rest = path.slice(at + 2)
  return { list: path.slice(0, at), rest: rest.startsWith('.') ? rest.slice(1) : rest }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
