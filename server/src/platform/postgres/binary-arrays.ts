/**
 * Arrays as PostgreSQL's binary wire format, for the statements that carry many rows at once
 * (`insert … select … from unnest($1::text[], $2::bytea[])`). A Buffer given as a parameter is sent in binary by `pg`;
 * this saves writing and parsing the text form with all its quoting. Cast the parameter to the type named here.
 *
 * Format (src/backend/utils/adt/arrayfuncs.c, array_recv): int32 dimensions, int32 has-null, int32 element type, then
 * int32 length and int32 lower bound, then each element as int32 size (-1 for null) and its bytes; big-endian.
 */
type Values<T> = readonly (T | null | undefined)[]

const HEADER = 20

/** For `::text[]`. */
export function textArray(values: Values<string>): Buffer {
  // Three bytes a letter are the most that UTF-8 takes; what is left over of the room is not sent.
  let most = HEADER
  for (const value of values) most += 4 + (value == null ? 0 : value.length * 3)
  const out = roomFor(most)
  let at = begin(out, 25, values)
  for (const value of values) {
    if (value == null) at = putInt32(out, -1, at)
    else {
      const written = putText(out, value, at + 4)
      at = putInt32(out, written, at) + written
    }
  }
  return taken(out, at)
}

/** For `::bytea[]`. */
export function byteaArray(values: Values<Uint8Array>): Buffer {
  let size = HEADER
  for (const value of values) size += 4 + (value == null ? 0 : value.length)
  const out = Buffer.allocUnsafe(size)
  let at = begin(out, 17, values)
  for (const value of values) {
    if (value == null) at = putInt32(out, -1, at)
    else {
      at = putInt32(out, value.length, at)
      out.set(value, at)
      at += value.length
    }
  }
  return out
}

/** For `::jsonb[]`; each element is JSON text. */
export function jsonbArray(values: Values<string>): Buffer {
  let most = HEADER
  for (const value of values) most += 4 + (value == null ? 0 : 1 + value.length * 3)
  const out = roomFor(most)
  let at = begin(out, 3802, values)
  for (const value of values) {
    if (value == null) at = putInt32(out, -1, at)
    else {
      const written = putText(out, value, at + 5)
      at = putInt32(out, written + 1, at)
      out[at] = 1
      at += 1 + written
    }
  }
  return taken(out, at)
}

/** For `::int2[]`. */
export function int2Array(values: Values<number>): Buffer {
  return fixed(21, 2, values, (out, value, at) => out.writeInt16BE(value, at))
}

/** For `::int4[]`. */
export function int4Array(values: Values<number>): Buffer {
  return fixed(23, 4, values, (out, value, at) => out.writeInt32BE(value, at))
}

/** For `::int8[]`; whole numbers up to 2^53. */
export function int8Array(values: Values<number>): Buffer {
  return fixed(20, 8, values, writeInt64)
}

/** For `::float8[]`. */
export function float8Array(values: Values<number>): Buffer {
  return fixed(701, 8, values, (out, value, at) => out.writeDoubleBE(value, at))
}

/** For `::bool[]`. */
export function boolArray(values: Values<boolean>): Buffer {
  return fixed(16, 1, values, (out, value, at) => out.writeUInt8(value ? 1 : 0, at))
}

/** For `::uuid[]`; with or without hyphens. */
export function uuidArray(values: Values<string>): Buffer {
  return fixed(2950, 16, values, putUuid)
}

/** For `::timestamptz[]`; milliseconds since 1970. */
export function timestamptzArray(values: Values<number>): Buffer {
  return fixed(1184, 8, values, (out, value, at) => writeInt64(out, Math.round((value - 946_684_800_000) * 1_000), at))
}

function fixed<T>(oid: number, width: number, values: Values<T>, write: (out: Buffer, value: T, at: number) => unknown): Buffer {
  const out = Buffer.allocUnsafe(HEADER + values.length * (4 + width))
  let at = begin(out, oid, values)
  for (const value of values) {
    if (value == null) at = putInt32(out, -1, at)
    else {
      at = putInt32(out, width, at)
      write(out, value, at)
      at += width
    }
  }
  return out.subarray(0, at)
}

function writeInt64(out: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 4_294_967_296)
  if (!(high >= -2_147_483_648 && high <= 2_147_483_647)) throw new RangeError(`${value} is beyond what an int8 holds`)
  putInt32(out, high, at)
  putInt32(out, value - high * 4_294_967_296, at + 4)
}

/** Writes the head of the array, and answers where its elements begin. */
function begin(out: Buffer, oid: number, values: Values<unknown>): number {
  let hasNull = 0
  for (const value of values) {
    if (value == null) {
      hasNull = 1
      break
    }
  }
  putInt32(out, 1, 0)
  putInt32(out, hasNull, 4)
  putInt32(out, oid, 8)
  putInt32(out, values.length, 12)
  return putInt32(out, 1, 16)
}

/** Without a look at whether it fits, which `writeInt32BE` takes for every element. */
function putInt32(out: Buffer, value: number, at: number): number {
  out[at] = value >>> 24
  out[at + 1] = value >>> 16
  out[at + 2] = value >>> 8
  out[at + 3] = value
  return at + 4
}

/** Beyond so many letters the call into the runtime costs less than a loop over them. */
const SHORT = 24
const ASCII = 128

/** Writes a text as UTF-8 and answers how many bytes it took; there must be room for three a letter. */
function putText(out: Buffer, value: string, at: number): number {
  const { length } = value
  if (length > SHORT) return out.write(value, at, 'utf8')
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i)
    if (code >= ASCII) return out.write(value, at, 'utf8')
    out[at + i] = code
  }
  return length
}

const UUID_BYTES = 16
const HYPHEN = 45
/** The value of a hexadecimal digit by its code; 16 for what is none. */
const DIGITS = Uint8Array.from({ length: ASCII }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? 16 : digit
})

function putUuid(out: Buffer, value: string, at: number): void {
  const { length } = value
  const end = at + UUID_BYTES
  let to = at
  let i = 0
  while (i < length) {
    const code = value.charCodeAt(i++)
    if (code === HYPHEN) continue
    const high = code < ASCII ? DIGITS[code]! : 16
    const next = value.charCodeAt(i++)
    const low = next < ASCII ? DIGITS[next]! : 16
    if (high > 15 || low > 15 || to === end) throw new TypeError(`Not a UUID: ${value}`)
    out[to++] = (high << 4) | low
  }
  if (to !== end) throw new TypeError(`Not a UUID: ${value}`)
}

/** Where arrays of texts are written before their size is known; larger ones get room of their own. */
const scratch = Buffer.allocUnsafeSlow(1 << 20)

function roomFor(most: number): Buffer {
  return most <= scratch.length ? scratch : Buffer.allocUnsafeSlow(most)
}

/** What was written, as bytes that nobody else writes to. */
function taken(out: Buffer, size: number): Buffer {
  return out === scratch ? Buffer.from(out.subarray(0, size)) : out.subarray(0, size)
}
