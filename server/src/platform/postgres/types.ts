/**
 * How values leave PostgreSQL. One rule for both wire formats, so that a query may ask for binary results
 * (`binary: true`) without changing what its caller sees.
 *
 * - int8, count(*): number; beyond 2^53 an error, never a rounded value. Ids are text.
 * - timestamptz: milliseconds since 1970 as a number, with the microseconds behind the point when there are any.
 *   Columns are `timestamptz(3)` where code compares them, so what comes out is a whole number.
 * - bytea: Buffer. numeric: text. date, time, timestamp: text as PostgreSQL writes it. json, jsonb: parsed.
 */
import pg from 'pg'
import { PostgresError } from './errors.ts'

type Parser = (value: never) => unknown

const BOOL = 16,
  BYTEA = 17,
  INT8 = 20,
  INT2 = 21,
  INT4 = 23,
  TEXT = 25,
  JSON_ = 114,
  FLOAT4 = 700,
  FLOAT8 = 701
const VARCHAR = 1043,
  DATE = 1082,
  TIMESTAMP = 1114,
  TIMESTAMPTZ = 1184,
  UUID = 2950,
  JSONB = 3802
const INT8_ARRAY = 1016,
  TIMESTAMPTZ_ARRAY = 1185
// PostgreSQL counts from 2000-01-01T00:00:00Z, in microseconds.
const EPOCH_OFFSET_MS = 946_684_800_000

const text = new Map<number, (value: string) => unknown>([
  [INT8, parseInt8],
  [TIMESTAMPTZ, parseTimestamptz],
  [BYTEA, (value) => Buffer.from(value.slice(2), 'hex')],
  [DATE, (value) => value],
  [TIMESTAMP, (value) => value],
  [INT8_ARRAY, (value) => parseArray(value, parseInt8)],
  [TIMESTAMPTZ_ARRAY, (value) => parseArray(value, parseTimestamptz)],
])

const binary = new Map<number, (value: Buffer) => unknown>([
  [BOOL, (value) => value[0] === 1],
  [BYTEA, (value) => value],
  [INT2, (value) => value.readInt16BE(0)],
  [INT4, (value) => value.readInt32BE(0)],
  [INT8, (value) => toSafeNumber(value.readBigInt64BE(0))],
  [FLOAT4, (value) => value.readFloatBE(0)],
  [FLOAT8, (value) => value.readDoubleBE(0)],
  [TEXT, (value) => value.toString('utf8')],
  [VARCHAR, (value) => value.toString('utf8')],
  [UUID, (value) => value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')],
  [JSON_, (value) => JSON.parse(value.toString('utf8')) as unknown],
  [JSONB, (value) => JSON.parse(value.toString('utf8', 1)) as unknown],
  [TIMESTAMPTZ, (value) => Number(value.readBigInt64BE(0)) / 1_000 + EPOCH_OFFSET_MS],
])

/** Given to every client of ours; see `pg`'s option `types`. */
export const types = {
  getTypeParser(oid: number, format: 'text' | 'binary' = 'text'): Parser {
    const own = format === 'binary' ? binary.get(oid) : text.get(oid)
    return (own ?? pg.types.getTypeParser(oid, format)) as Parser
  },
}

function parseInt8(value: string): number {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : toSafeNumber(BigInt(value))
}

/** Throws a PostgresError `number_too_large` beyond 2^53. */
export function toSafeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw new PostgresError(
      'number_too_large',
      `PostgreSQL answered ${value}; whole numbers are allowed up to 2^53 - 1. Select it as text.`,
    )
  }
  return Number(value)
}

// '2024-02-29 13:45:07.123456+00': the zone is always UTC because every connection of ours asks for it.
function parseTimestamptz(value: string): number {
  const seconds = Date.parse(`${value.slice(0, 10)}T${value.slice(11, 19)}Z`)
  if (Number.isNaN(seconds)) return value === 'infinity' ? Infinity : value === '-infinity' ? -Infinity : parseAnyTimestamp(value)
  const dot = value.charCodeAt(19) === 46 ? value.slice(19, value.indexOf('+', 19)) : ''
  return dot ? seconds + Math.round(Number(dot) * 1e6) / 1_000 : seconds
}

// Years beyond four digits and years before Christ; no column of ours holds them, a person's query may.
function parseAnyTimestamp(value: string): number {
  const date = pg.types.getTypeParser(TIMESTAMPTZ, 'text')(value) as unknown as Date
  return date.getTime()
}

function parseArray(value: string, parse: (item: string) => number): (number | null)[] {
  if (value === '{}') return []
  return value
    .slice(1, -1)
    .split(',')
    .map((item) => (item === 'NULL' ? null : parse(item.replaceAll('"', ''))))
}
