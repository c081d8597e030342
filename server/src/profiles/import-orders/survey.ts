import { createHash } from 'node:crypto'
import type { OrderFile } from './read-lines.ts'

/** What a first pass over a file finds out. */
export interface Survey {
  readonly lines: number
  /** Orders whose lines do not stand together, with the number of their last line. */
  readonly scattered: ReadonlyMap<string, number>
  /** Of the file's content, so that a resumed import knows it is the same file. */
  readonly fingerprint: string
}

const FILTER_BITS = 1 << 27
const HASHES = 5

/**
 * Reads the file once to learn which orders come in several pieces. Order numbers already left behind are kept in a
 * Bloom filter of 16 MiB, so memory does not grow with the number of orders; a false alarm (below 1 % up to 12 million
 * orders) costs one entry in `scattered` and nothing else.
 */
export async function surveyFile(file: OrderFile, orderColumn: string, onLine: (count: number) => void = () => {}): Promise<Survey> {
  const at = file.positions[orderColumn] ?? 0
  const left = new Uint8Array(FILTER_BITS / 8)
  const scattered = new Map<string, number>()
  const digest = createHash('sha256')
  let current: string | undefined
  let lines = 0
  for await (const line of file.lines) {
    const order = line.values[at]?.trim() ?? ''
    if (order !== current) {
      if (current !== undefined) mark(left, current)
      if (isMarked(left, order)) scattered.set(order, line.number)
      current = order
    }
    if (scattered.has(order)) scattered.set(order, line.number)
    digest.update(line.values.join('\u0000'))
    lines += 1
    onLine(lines)
  }
  return { lines, scattered, fingerprint: digest.digest('hex') }
}

function* places(text: string): Generator<number> {
  // Kirsch and Mitzenmacher (2006): k hashes out of two. FNV-1a over UTF-16 units, two offsets.
  let a = 0x811c9dc5
  let b = 0x01000193
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x85ebca6b)
    b ^= b >>> 13
  }
  a ^= a >>> 16
  a = Math.imul(a, 0x7feb352d)
  a ^= a >>> 15
  for (let k = 0; k < HASHES; k += 1) yield (a + Math.imul(k, b | 1)) & (FILTER_BITS - 1)
}

function mark(filter: Uint8Array, text: string): void {
  for (const place of places(text)) filter[place >>> 3] = (filter[place >>> 3] ?? 0) | (1 << (place & 7))
}

function isMarked(filter: Uint8Array, text: string): boolean {
  for (const place of places(text)) if (((filter[place >>> 3] ?? 0) & (1 << (place & 7))) === 0) return false
  return true
}
