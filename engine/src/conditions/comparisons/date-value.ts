import { datePattern, readDate, type Json, type ReadDate } from '@throughline/contracts'
import type { Calendar } from '../../calendar/index.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { bind, isNumber, numberOf, textOf } from './sql-values.ts'

/*
 * What counts as a date, in the engine and in ClickHouse:
 * - text in ISO 8601, a day with or without a time, of the years 1901 to 2298: `2026-05-01`, `2026-05-01T12:00:00Z`,
 *   `2026-05-01 12:00:00.250+02:00`. Without `Z` or an offset it is said by the clocks of the workspace; a day alone is its midnight;
 * - a number of these years, as seconds since 1970; what is too large for that, as milliseconds.
 * A time that the clocks leap over in spring is taken as if they had not; one that they show twice in autumn is the first.
 */
const firstMs = Date.UTC(1901, 0, 1)
const endMs = Date.UTC(2299, 0, 1)
const DAY = 86_400_000

function readAny(value: Json | undefined): ReadDate | null {
  if (typeof value === 'string') return readDate(value)
  if (typeof value !== 'number') return null
  const seconds = value * 1_000
  const ms = Math.floor(seconds >= firstMs && seconds < endMs ? seconds : value)
  return ms >= firstMs && ms < endMs ? { ms, isInstant: true, isDay: false } : null
}

/** The instant that a value means, epoch ms; `null` when it is no date. */
export function instantOf(value: Json | undefined, calendar: Calendar): number | null {
  const date = readAny(value)
  if (date === null) return null
  return date.isInstant ? date.ms : calendar.instantOf(date.ms)
}

/** The day that a value means, as its number since 1970: of an instant, the day that the clocks of the workspace show then. */
export function dayOf(value: Json | undefined, calendar: Calendar): number | null {
  const date = readAny(value)
  if (date === null) return null
  return date.isInstant ? calendar.dayOf(date.ms) : Math.floor(date.ms / DAY)
}

/** The half-open range of instants, epoch ms, from the beginning of one date to the end of another: days end with the day. */
export function rangeOf(from: string | null, to: string | null, calendar: Calendar): readonly [from: number, to: number] {
  return [from === null ? -Infinity : beginOf(from, calendar), to === null ? Infinity : endOf(to, calendar)]
}

/** The instant at which a date begins, epoch ms. The text must have passed the schema. */
function beginOf(text: string, calendar: Calendar): number {
  const date = readDate(text)
  if (date === null) return Number.NaN
  if (date.isInstant) return date.ms
  return date.isDay ? calendar.startOf(date.ms / DAY) : calendar.instantOf(date.ms)
}

/** The first instant that is after a date, epoch ms: the next midnight after a day. */
function endOf(text: string, calendar: Calendar): number {
  const date = readDate(text)
  if (date === null) return Number.NaN
  return date.isDay ? calendar.startOf(date.ms / DAY + 1) : beginOf(text, calendar) + 1
}

/**
 * ClickHouse: asks `body` about the instant (epoch ms) that a JSON text means; false where it means none.
 * @param body a condition over the name of the instant
 */
export function withInstant(json: string, sql: SqlBuilder, body: (instant: string) => string): string {
  return withDate(
    json,
    sql,
    (date) => `${date}.1 > 0 and ${bind(sql, `if(${date}.1 = 1, ${toInstant(`${date}.2`, sql)}, ${date}.2)`, body)}`,
  )
}

/** ClickHouse: the instant (epoch ms) that a JSON text means; `none` where it means none. */
export function instantToSql(json: string, none: string, sql: SqlBuilder): string {
  return withDate(json, sql, (date) => `multiIf(${date}.1 = 0, ${none}, ${date}.1 = 1, ${toInstant(`${date}.2`, sql)}, ${date}.2)`)
}

/** ClickHouse: asks `body` about the number of the day since 1970 that a JSON text means; false where it means none. */
export function withDay(json: string, sql: SqlBuilder, body: (day: string) => string): string {
  const local = (date: string): string => `if(${date}.1 = 2, ${date}.2 + ${offsetAt(`${date}.2`, sql)}, ${date}.2)`
  return withDate(
    json,
    sql,
    (date) => `${date}.1 > 0 and ${bind(sql, `toInt32(intDiv(${local(date)} - positiveModulo(${local(date)}, ${DAY}), ${DAY}))`, body)}`,
  )
}

/** A pair: 0 no date, 1 by the clocks of the workspace, 2 by UTC; and the ms since 1970 that those clocks show. */
function withDate(value: string, sql: SqlBuilder, body: (date: string) => string): string {
  return `(${bind(sql, value, (json) => bind(sql, dateOf(json, sql), body))})`
}

function dateOf(json: string, sql: SqlBuilder): string {
  const text = bind(sql, `extractGroups(${textOf(json)}, ${sql.parameter('String', datePattern)})`, (found) => {
    const part = (group: number): string => `toInt64OrZero(${found}[${group}])`
    const day = `makeDate32(${part(1)}, ${part(2)}, ${part(3)})`
    const isDay = `${part(1)} between 1901 and 2298 and toMonth(${day}) = ${part(2)} and toDayOfMonth(${day}) = ${part(3)}`
    const isTime = `${part(4)} < 24 and ${part(5)} < 60 and ${part(6)} < 60 and ${part(10)} < 24 and ${part(11)} < 60`
    const time = `${part(4)} * 3600000 + ${part(5)} * 60000 + ${part(6)} * 1000 + toInt64OrZero(substring(concat(${found}[7], '00'), 1, 3))`
    const offset = `(${part(10)} * 60 + ${part(11)}) * if(${found}[9] = '-', -60000, 60000)`
    return `if(notEmpty(${found}) and ${isDay} and ${isTime}, (if(${found}[8] = '' and ${found}[9] = '', 1, 2), toInt64(toInt32(${day})) * ${DAY} + ${time} - ${offset}), (0, toInt64(0)))`
  })
  const number = bind(sql, numberOf(json), (given) => {
    const ms = `floor(if(${given} * 1000 >= ${firstMs} and ${given} * 1000 < ${endMs}, ${given} * 1000, ${given}))`
    return `if(${ms} >= ${firstMs} and ${ms} < ${endMs}, (2, toInt64(${ms})), (0, toInt64(0)))`
  })
  return `if(${isNumber(json)}, ${number}, ${text})`
}

/** The instant at which the clocks of the workspace show this: `Calendar.instantOf` in SQL. */
function toInstant(shown: string, sql: SqlBuilder): string {
  if (sql.context.calendar.zone === 'UTC') return shown
  const before = offsetAt(`${shown} - ${DAY}`, sql)
  const after = offsetAt(`${shown} + ${DAY}`, sql)
  return bind(
    sql,
    `(${shown} - ${before}, ${shown} - ${after})`,
    (at) => `if(${offsetAt(`${at}.1`, sql)} != ${shown} - ${at}.1 and ${offsetAt(`${at}.2`, sql)} = ${shown} - ${at}.2, ${at}.2, ${at}.1)`,
  )
}

/** How far the clocks of the workspace are ahead of UTC at an instant, ms. ClickHouse gives a day too much before 1970. */
function offsetAt(at: string, sql: SqlBuilder): string {
  const { zone } = sql.context.calendar
  if (zone === 'UTC') return '0'
  const seconds = `timeZoneOffset(toDateTime64(toInt64(floor((${at}) / 1000)), 0, ${sql.parameter('String', zone)}))`
  return bind(sql, seconds, (offset) => `(${offset} - if(${offset} > 50400, 86400, 0)) * 1000`)
}
