/** Puts numbers and texts one behind the other into bytes. One writer is used again and again; `copy` hands out what was written. */
export interface Writer {
  reset(): void
  /** A whole number from 0 to 2^53 - 1, as an unsigned LEB128 varint: seven bits a byte, the lowest first. */
  number(value: number): void
  /** A whole number below 2^32 in four bytes, the lowest first. */
  fixed32(value: number): void
  /** UTF-8 behind its length in bytes. */
  text(value: string): void
  bytes(value: Uint8Array): void
  /**
   * A list of times that never run backwards, each with a hash of 32 bits: by the distance between times. Writes nothing, and answers
   * false, when it is no such list.
   */
  pairs(list: readonly unknown[]): boolean
  at(): number
  /** Takes back what was written from here on. */
  rewind(to: number): void
  copy(): Buffer
}

/** Reads what a {@link Writer} wrote, in the same order. Throws a `RangeError` behind the end. */
export interface Reader {
  /** Reads from the front of other bytes from here on. */
  open(source: Uint8Array): void
  number(): number
  fixed32(): number
  text(): string
  bytes(length: number): Buffer
  /** So many pairs of a time and a hash, one behind the other. */
  pairs(count: number): number[]
  at(): number
  left(): number
}

const SEVEN_BITS = 128
/** 2^28: what four bytes of a varint hold. */
const LOW = 0x10000000
/** Longest varint of a safe integer. */
const MOST_BYTES = 8

/** Texts met before, by the hash of their bytes: ids and keys come again with every person. */
const texts = new Map<number, string>()
const LONGEST_KNOWN = 64
const MOST_KNOWN = 10_000

// One string for all people in a segment, where decoding would make one for each of them.
function known(from: Buffer, start: number, length: number): string {
  let hash = length
  for (let at = start; at < start + length; at++) hash = (Math.imul(hash, 31) + from[at]!) | 0
  const text = texts.get(hash)
  if (text !== undefined && isAt(text, from, start, length)) return text
  const made = from.toString('utf8', start, start + length)
  if (texts.size < MOST_KNOWN) texts.set(hash, made)
  return made
}

/** Whether these bytes are this text; never for a text beyond ASCII, whose bytes are not its letters. */
function isAt(text: string, from: Buffer, start: number, length: number): boolean {
  if (text.length !== length) return false
  for (let i = 0; i < length; i++) {
    const byte = from[start + i]!
    if (text.charCodeAt(i) !== byte || byte >= SEVEN_BITS) return false
  }
  return true
}

export function makeWriter(): Writer {
  let out = Buffer.allocUnsafeSlow(16_384)
  let at = 0

  function room(size: number): void {
    if (at + size <= out.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(out.length * 2, at + size))
    out.copy(larger, 0, 0, at)
    out = larger
  }

  function number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number from 0 to 2^53 - 1`)
    room(MOST_BYTES)
    put(value)
  }

  /** A number that is known to be one, where there is room for it. */
  function put(value: number): void {
    let rest = value
    // Above 31 bits the operators on bits do not reach: four bytes first, and what is left has 25.
    if (rest > 0x7fffffff) {
      const high = Math.floor(rest / LOW)
      const low = rest - high * LOW
      out[at] = low | SEVEN_BITS
      out[at + 1] = (low >>> 7) | SEVEN_BITS
      out[at + 2] = (low >>> 14) | SEVEN_BITS
      out[at + 3] = (low >>> 21) | SEVEN_BITS
      at += 4
      rest = high
    }
    while (rest >= SEVEN_BITS) {
      out[at++] = (rest & 127) | SEVEN_BITS
      rest >>>= 7
    }
    out[at++] = rest
  }

  function put32(value: number): void {
    out[at] = value
    out[at + 1] = value >>> 8
    out[at + 2] = value >>> 16
    out[at + 3] = value >>> 24
    at += 4
  }

  return {
    reset() {
      at = 0
    },
    number,
    fixed32(value) {
      room(4)
      put32(value)
    },
    text(value) {
      const { length } = value
      room(length * 3 + MOST_BYTES)
      // Keys and ids are ASCII, of less than 128 letters: one byte each behind a length of one byte.
      let ascii = length < SEVEN_BITS
      for (let i = 0; ascii && i < length; i++) {
        const code = value.charCodeAt(i)
        if (code >= SEVEN_BITS) ascii = false
        else out[at + 1 + i] = code
      }
      if (ascii) {
        out[at] = length
        at += 1 + length
        return
      }
      number(Buffer.byteLength(value))
      at += out.write(value, at, 'utf8')
    },
    bytes(value) {
      room(value.length)
      out.set(value, at)
      at += value.length
    },
    pairs(list) {
      const { length } = list
      if (length % 2 === 1) return false
      room((length / 2) * (MOST_BYTES + 4))
      const start = at
      let before = 0
      for (let i = 0; i < length; i += 2) {
        const time = list[i]
        const hash = list[i + 1]
        if (typeof time !== 'number' || typeof hash !== 'number' || !Number.isSafeInteger(time) || time < before || hash >>> 0 !== hash) {
          at = start
          return false
        }
        put(time - before)
        put32(hash)
        before = time
      }
      return true
    },
    at: () => at,
    rewind(to) {
      at = to
    },
    copy: () => Buffer.from(out.subarray(0, at)),
  }
}

/** @param source what is read first; one reader is used again and again by {@link Reader.open} */
export function makeReader(source: Uint8Array): Reader {
  let from = bufferOf(source)
  let at = 0

  function take(size: number): number {
    if (at + size > from.length) throw new RangeError(`${size} bytes wanted at ${at} of ${from.length}`)
    const start = at
    at += size
    return start
  }

  function number(): number {
    const first = from[at]
    if (first !== undefined && first < SEVEN_BITS) {
      at++
      return first
    }
    // Four bytes fit into the operators on bits, and the other four once more.
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = from[take(1)]!
      value |= (byte & 127) << shift
      if (byte < SEVEN_BITS) return value
    }
    let high = 0
    for (let shift = 0; ; shift += 7) {
      const byte = from[take(1)]!
      high += shift < 28 ? (byte & 127) << shift : (byte & 127) * 2 ** shift
      if (byte < SEVEN_BITS) return value + high * LOW
    }
  }

  function fixed32(): number {
    const start = take(4)
    return (from[start]! | (from[start + 1]! << 8) | (from[start + 2]! << 16) | (from[start + 3]! << 24)) >>> 0
  }

  return {
    open(next) {
      from = bufferOf(next)
      at = 0
    },
    number,
    fixed32,
    pairs(count) {
      const pairs = new Array<number>(count * 2)
      let before = 0
      for (let i = 0; i < pairs.length; i += 2) {
        before += number()
        pairs[i] = before
        pairs[i + 1] = fixed32()
      }
      return pairs
    },
    text() {
      const length = number()
      const start = take(length)
      return length <= LONGEST_KNOWN ? known(from, start, length) : from.toString('utf8', start, start + length)
    },
    bytes(length) {
      const start = take(length)
      return from.subarray(start, start + length)
    },
    at: () => at,
    left: () => from.length - at,
  }
}

function bufferOf(source: Uint8Array): Buffer {
  return Buffer.isBuffer(source) ? source : Buffer.from(source.buffer, source.byteOffset, source.byteLength)
}
