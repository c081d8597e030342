import { toSafeNumber, types } from './types.ts'

/** Reads a value of a row. */
export interface Reader {
  /** Whether it is asked for in PostgreSQL's binary form; else as its text. */
  readonly isBinary: boolean
  /** The value that stands there, as types.ts says how values leave PostgreSQL. */
  read(bytes: Buffer, at: number, end: number): unknown
}

const readers = new Map<number, Reader>([
  // bool
  [16, { isBinary: true, read: (bytes, at) => bytes[at] === 1 }],
  // bytea; a copy, since what is kept of a row must not keep all that came with it.
  [17, { isBinary: true, read: (bytes, at, end) => Buffer.from(bytes.subarray(at, end)) }],
  // int8
  [20, { isBinary: true, read: readInt64 }],
  // int2
  [21, { isBinary: true, read: (bytes, at) => ((bytes[at]! << 24) | (bytes[at + 1]! << 16)) >> 16 }],
  // int4
  [23, { isBinary: true, read: readInt32 }],
  // text, varchar
  [25, { isBinary: false, read: readText }],
  [1043, { isBinary: false, read: readText }],
  // float8
  [701, { isBinary: true, read: (bytes, at) => bytes.readDoubleBE(at) }],
  // uuid
  [2950, { isBinary: false, read: (bytes, at, end) => bytes.toString('latin1', at, end) }],
])

/** The reader of values of the type with this number. */
export function readerOf(oid: number): Reader {
  const found = readers.get(oid)
  if (found !== undefined) return found
  const parse = types.getTypeParser(oid) as (text: string) => unknown
  const made: Reader = { isBinary: false, read: (bytes, at, end) => parse(readText(bytes, at, end)) }
  readers.set(oid, made)
  return made
}

function readText(bytes: Buffer, at: number, end: number): string {
  return bytes.toString(undefined, at, end)
}

function readInt32(bytes: Buffer, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

function readInt64(bytes: Buffer, at: number): number {
  const value = readInt32(bytes, at) * 4_294_967_296 + (readInt32(bytes, at + 4) >>> 0)
  return Number.isSafeInteger(value) ? value : toSafeNumber(bytes.readBigInt64BE(at))
}
