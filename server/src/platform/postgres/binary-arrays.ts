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
  let size = HEADER
  for (const value of values) size += 4 + (value == null ? 0 : Buffer.byteLength(value))
  const out = begin(25, values, size)
  let at = HEADER
  for (const value of values) {
    if (value == null) at = out.writeInt32BE(-1, at)
    else {
      const written = out.write(value, at + 4, 'utf8')
      at = out.writeInt32BE(written, at) + written
    }
  }
  return finish(out, values)
}

/** For `::bytea[]`. */
export function byteaArray(values: Values<Uint8Array>): Buffer {
  let size = HEADER
  for (const value of values) size += 4 + (value == null ? 0 : value.length)
  const out = begin(17, values, size)
  let at = HEADER
  for (const value of values) {
    if (value == null) at = out.writeInt32BE(-1, at)
    else {
      at = out.writeInt32BE(value.length, at)
      out.set(value, at)
      at += value.length
    }
  }
  return finish(out, values)
}

/** For `::jsonb[]`; each element is JSON text. */
export function jsonbArray(values: Values<string>): Buffer {
  let size = HEADER
  for (const value of values) size += 4 + (value == null ? 0 : 1 + Buffer.byteLength(value))
  const out = begin(3802, values, size)
  let at = HEADER
  for (const value of values) {
    if (value == null) at = out.writeInt32BE(-1, at)
    else {
      const written = out.write(value, at + 5, 'utf8')
      at = out.writeInt32BE(written + 1, at)
      out[at] = 1
      at += 1 + written
    }
  }
  return finish(out, values)
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
  return fixed(2950, 16, values, (out, value, at) => {
    if (out.write(value.replaceAll('-', ''), at, 'hex') !== 16) throw new TypeError(`Not a UUID: ${value}`)
  })
}

/** For `::timestamptz[]`; milliseconds since 1970. */
export function timestamptzArray(values: Values<number>): Buffer {
  return fixed(1184, 8, values, (out, value, at) => writeInt64(out, Math.round((value - 946_684_800_000) * 1_000), at))
}

function fixed<T>(oid: number, width: number, values: Values<T>, write: (out: Buffer, value: T, at: number) => unknown): Buffer {
  const out = begin(oid, values, HEADER + values.length * (4 + width))
  let at = HEADER
  for (const value of values) {
    if (value == null) at = out.writeInt32BE(-1, at)
    else {
      at = out.writeInt32BE(width, at)
      write(out, value, at)
      at += width
    }
  }
  return finish(out.subarray(0, at), values)
}

function writeInt64(out: Buffer, value: number, at: number): void {
  const high = Math.floor(value / 4_294_967_296)
  out.writeInt32BE(high, at)
  out.writeUInt32BE(value - high * 4_294_967_296, at + 4)
}

function begin(oid: number, values: Values<unknown>, size: number): Buffer {
  const out = Buffer.allocUnsafe(size)
  out.writeInt32BE(1, 0)
  out.writeInt32BE(0, 4)
  out.writeInt32BE(oid, 8)
  out.writeInt32BE(values.length, 12)
  out.writeInt32BE(1, 16)
  return out
}

function finish(out: Buffer, values: Values<unknown>): Buffer {
  for (const value of values) {
    if (value == null) {
      out.writeInt32BE(1, 4)
      break
    }
  }
  return out
}
