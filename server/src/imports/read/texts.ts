import { unreadable } from './bytes.ts'

const CHUNK = 4 * 2 ** 20
const MAX_BYTES = 512 * 2 ** 20

/** Texts by their place, packed: a few bytes more than the text itself takes. */
export interface Texts {
  add(text: string): void
  get(at: number): string
}

export function makeTexts(): Texts {
  const chunks: Buffer[] = []
  let used = CHUNK
  let count = 0
  let starts = new Float64Array(1_024)
  let lengths = new Uint32Array(1_024)
  return {
    add(text) {
      const length = Buffer.byteLength(text)
      if (used + length > CHUNK) {
        if (chunks.length * CHUNK >= MAX_BYTES) throw unreadable('it has too many different texts for one sheet; save it as CSV')
        chunks.push(Buffer.allocUnsafeSlow(Math.max(CHUNK, length)))
        used = 0
      }
      const chunk = chunks.length - 1
      chunks[chunk]!.write(text, used)
      if (count === starts.length) {
        const [moreStarts, moreLengths] = [new Float64Array(count * 2), new Uint32Array(count * 2)]
        moreStarts.set(starts)
        moreLengths.set(lengths)
        starts = moreStarts
        lengths = moreLengths
      }
      starts[count] = chunk * CHUNK + used
      lengths[count] = length
      count += 1
      used += length
    },
    get(at) {
      if (!(at >= 0 && at < count)) return ''
      const start = starts[at]!
      const from = start % CHUNK
      return chunks[Math.floor(start / CHUNK)]!.toString('utf8', from, from + lengths[at]!)
    },
  }
}
