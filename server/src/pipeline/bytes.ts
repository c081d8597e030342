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
  at(): number
  /** Takes back what was written from here on. */
  rewind(to: number): void
  copy(): Buffer
}

/** Reads what a {@link Writer} wrote, in the same order. Throws a `RangeError` behind the end. */
export interface Reader {
  number(): number
  fixed32(): number
  text(): string
  bytes(length: number): Buffer
  at(): number
  left(): number
}

const SEVEN_BITS = 128
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
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== from[start + i] || from[start + i]! >= SEVEN_BITS) return false
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
    let rest = value
    // Above 31 bits the operators on bits do not reach.
    while (rest > 0x7fffffff) {
      out[at++] = (rest % SEVEN_BITS) + SEVEN_BITS
      rest = Math.floor(rest / SEVEN_BITS)
    }
    while (rest >= SEVEN_BITS) {
      out[at++] = (rest & 127) | SEVEN_BITS
      rest >>>= 7
    }
    out[at++] = rest
  }

  return {
    reset() {
      at = 0
    },
    number,
    fixed32(value) {
      room(4)
      out[at] = value
      out[at + 1] = value >>> 8
      out[at + 2] = value >>> 16
      out[at + 3] = value >>> 24
      at += 4
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
    at: () => at,
    rewind(to) {
      at = to
    },
    copy: () => Buffer.from(out.subarray(0, at)),
  }
}

export function makeReader(source: Uint8Array): Reader {
  const from = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  let at = 0

  function take(size: number): number {
    if (at + size > from.length) throw new RangeError(`${size} bytes wanted at ${at} of ${from.length}`)
    const start = at
    at += size
    return start
  }

  function number(): number {
    let value = 0
    let unit = 1
    for (;;) {
      const byte = from[take(1)]!
      value += (byte & 127) * unit
      if (byte < SEVEN_BITS) return value
      unit *= SEVEN_BITS
    }
  }

  return {
    number,
    fixed32: () => from.readUInt32LE(take(4)),
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
