import { utf8 } from './utf8.ts'

/**
 * Hashes of text, for ids and keys that must come out the same everywhere: MurmurHash3 (Austin Appleby, public domain,
 * x86 forms), fed with UTF-16 code units, so that it needs no encoder and runs in browsers too. Not for secrets.
 */

/** A 32-bit hash of a text, as an unsigned number. */
export function hash32(text: string, seed = 0): number {
  let h = seed
  for (let i = 0; i < text.length; i++) h = mix(h, scramble(text.charCodeAt(i)))
  return finish(h ^ text.length)
}

function finish(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** MurmurHash3 x86 32 of the UTF-8 bytes of a text, seed 0, as everybody else computes it (ClickHouse: `murmurHash3_32`). */
export function murmur32(text: string): number {
  let h = 0
  const bytes = utf8(text)
  const blocks = bytes.length & ~3
  for (let i = 0; i < blocks; i += 4) {
    h = mix(h, scramble(byte(bytes, i) | (byte(bytes, i + 1) << 8) | (byte(bytes, i + 2) << 16) | (byte(bytes, i + 3) << 24)))
  }
  let rest = 0
  for (let i = bytes.length - 1; i >= blocks; i--) rest = (rest << 8) | byte(bytes, i)
  return finish(h ^ scramble(rest) ^ bytes.length)
}

function byte(bytes: string, at: number): number {
  return bytes.charCodeAt(at) & 0xff
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

function mix(hash: number, block: number): number {
  const h = hash ^ block
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

/** A short key of a text: 64 bits in base 36, 13 characters at most. For keys of which there are thousands. */
export function shortKey(text: string): string {
  return hash32(text, 0x9747b28c).toString(36) + hash32(text, 0x3c6ef372).toString(36).padStart(7, '0')
}

/**
 * A stable id made of its parts: 128 bits in hexadecimal. The parts are joined by a character that ids never hold,
 * so `('a', 'bc')` and `('ab', 'c')` differ. 100 million ids collide with a chance of about 1 in 10^22.
 */
export function stableId(...parts: readonly (string | number)[]): string {
  const text = parts.join('\u001f')
  const { length } = text
  // Four times `hash32`, each with a seed of its own, in one walk over the text.
  let a = 0x1b873593
  let b = 0x38495ab5
  let c = 0x7ed55d16
  let d = 0x2f58bb1d
  for (let i = 0; i < length; i++) {
    const k = scramble(text.charCodeAt(i))
    a = mix(a, k)
    b = mix(b, k)
    c = mix(c, k)
    d = mix(d, k)
  }
  return hex(finish(a ^ length)) + hex(finish(b ^ length)) + hex(finish(c ^ length)) + hex(finish(d ^ length))
}

const twoDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hex(word: number): string {
  return twoDigits[word >>> 24]! + twoDigits[(word >>> 16) & 255]! + twoDigits[(word >>> 8) & 255]! + twoDigits[word & 255]!
}
