import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { marksOf, type Marked, type Skeleton } from '../../templates/index.ts'
import type { Content } from '../port.ts'

/** The first byte of such a frame; no other begins with it, nor does zlib or gzip. */
export const DELTA = 1
const HASH_BYTES = 32
const SUM_BYTES = 4
const HEAD_BYTES = 1 + HASH_BYTES + SUM_BYTES
const LF = 10

const hashes = new WeakMap<Skeleton, Buffer>()

/** SHA-256 of its UTF-8. */
export function hashOf(skeleton: Skeleton): Buffer {
  let found = hashes.get(skeleton)
  if (found === undefined) hashes.set(skeleton, (found = hash('sha256', Buffer.from(skeleton.text, 'utf8'), 'buffer')))
  return found
}

/** Where a frame is put together; one for all, since nothing waits meanwhile. What does not fit is framed as a whole. */
const room = Buffer.allocUnsafeSlow(64 * 1_024)
let end = 0

/**
 * A message without what it has in common with others of its template: the byte 1, SHA-256 of the skeleton, CRC-32 of what follows; a line
 * of JSON with all but the texts; and for each of the texts how many pieces it names, and in turn a text of its own, where the piece begins
 * and how long it is; and last a text of its own. A text is its bytes in UTF-8 behind their number; numbers are LEB128, places are UTF-16 code
 * units of the skeleton, behind which the line stands, for what is also said there.
 * @returns null when it names no pieces, they are not of a skeleton that is kept, or too much is its own
 */
export function frameDelta(content: Content, isKept: (skeleton: Skeleton) => boolean): Uint8Array | null {
  if (content.channel !== 'email') return null
  const marks = marksOf(content)
  const skeleton = (marks?.html.marks[0] ?? marks?.text.marks[0])?.fixed.skeleton
  if (marks === null || skeleton === undefined || !isKept(skeleton)) return null
  const line = JSON.stringify({ ...content, html: undefined, text: undefined })
  const echo = (content.headers['List-Unsubscribe'] ?? '').slice(1, -1)
  const found = echo.length < 16 ? -1 : line.indexOf(echo)
  const source: Source = { echo: found === -1 ? null : { text: echo, at: skeleton.text.length + found } }
  end = HEAD_BYTES
  try {
    end += write(`${line}\n`)
    putPieces(marks.html, source)
    putPieces(marks.text, source)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
  room[0] = DELTA
  hashOf(skeleton).copy(room, 1)
  room.writeUInt32LE(crc32(room.subarray(HEAD_BYTES, end)), 1 + HASH_BYTES)
  return Buffer.from(room.subarray(0, end))
}

/** What texts may be taken from beside the skeleton. */
interface Source {
  /** The address that stands in the line, in the HTML and in the plain text. */
  readonly echo: { readonly text: string; readonly at: number } | null
}

function putPieces({ own, marks }: Marked, { echo }: Source): void {
  const texts: string[] = []
  // Where the piece after each of them begins, and how long it is.
  const pieces: number[] = []
  const putOwn = (text: string): void => {
    let from = 0
    if (echo !== null)
      for (let at = text.indexOf(echo.text); at !== -1; at = text.indexOf(echo.text, from)) {
        texts.push(text.slice(from, at))
        pieces.push(echo.at, echo.text.length)
        from = at + echo.text.length
      }
    texts.push(from === 0 ? text : text.slice(from))
  }
  for (const [index, { fixed }] of marks.entries()) {
    putOwn(own[index]!)
    pieces.push(fixed.at, fixed.text.length)
  }
  putOwn(own.at(-1)!)
  putNumber(pieces.length / 2)
  for (const [index, text] of texts.entries()) {
    putText(text)
    if (index === texts.length - 1) break
    putNumber(pieces[index * 2]!)
    putNumber(pieces[index * 2 + 1]!)
  }
}

function putText(text: string): void {
  putNumber(Buffer.byteLength(text))
  if (text !== '') end += write(text)
}

/** How many bytes were written. */
function write(text: string): number {
  if (text.length * 3 > room.length - end) throw new RangeError('it does not fit')
  return room.write(text, end)
}

function putNumber(number: number): void {
  let left = number
  while (left > 127) {
    room[end++] = (left & 127) | 128
    left >>>= 7
  }
  room[end++] = left
  if (end > room.length) throw new RangeError('it does not fit')
}

/**
 * Reads such a frame.
 * @param readSkeleton the skeleton of this SHA-256
 */
export async function unframeDelta(framed: Buffer, readSkeleton: (hash: Buffer) => Promise<string>): Promise<unknown> {
  if (crc32(framed.subarray(HEAD_BYTES)) !== framed.readUInt32LE(1 + HASH_BYTES)) throw new Error('incorrect data check')
  const skeleton = await readSkeleton(framed.subarray(1, 1 + HASH_BYTES))
  let at = framed.indexOf(LF, HEAD_BYTES)
  const line = framed.toString('utf8', HEAD_BYTES, at)
  at += 1
  const source = skeleton + line
  const number = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = framed[at++] ?? 0
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }
  const own = (): string => {
    const length = number()
    at += length
    return framed.toString('utf8', at - length, at)
  }
  const pieces = (): string => {
    let text = ''
    for (let left = number(); left > 0; left--) {
      text += own()
      const from = number()
      text += source.slice(from, from + number())
    }
    return text + own()
  }
  return { ...(JSON.parse(line) as object), html: pieces(), text: pieces() }
}
