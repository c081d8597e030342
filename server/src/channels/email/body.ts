import type { Fixed, Marked } from '../../templates/index.ts'
import { encodeQuotedPrintable } from './quoted-printable.ts'

/** How a part may travel: `8bit` (RFC 6152) where the server takes it as it is, else as 7-bit or quoted-printable. */
export type Transfer = '7bit' | '8bit'

export interface BodyPart {
  /** Such as `text/plain`. */
  readonly type: string
  readonly content: string
  /** The same, with the pieces that read so in other messages as well. */
  readonly marked?: Marked | undefined
}

/** RFC 5322 allows 998 bytes a line; relays that fold long lines would break a signature. */
const LONGEST_LINE = 900
const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const DEL = 127
// Four bytes at a time, as the numbers of https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord find them.
const ALL_ONE = 0x01010101
const ALL_SPACE = 0x20202020
const ALL_DEL = 0x7f7f7f7f
const ALL_HIGH = 0x80808080 | 0

/** What cannot be sent as it is, and line ends of other kinds. */
const HAS_CONTROL = /[^\t\n\x20-\x7e\x80-\uffff]/

const ROOM = 256 * 1024
/** Where a body is laid out before its size is known; one for all, since nothing waits meanwhile. */
let sheet = makeSheet(ROOM)

interface Sheet {
  readonly bytes: Buffer
  readonly words: Int32Array
}

function makeSheet(size: number): Sheet {
  const bytes = Buffer.allocUnsafeSlow(size)
  return { bytes, words: new Int32Array(bytes.buffer, 0, size >> 2) }
}

/**
 * The body of a multipart message (RFC 2046), with CRLF line ends: each part as it is where it may travel so, has short lines and no
 * control characters, else as quoted-printable. Its bytes are looked at once, when they are laid out, four at a time; those of fixed pieces
 * once for all messages.
 * @returns the place where it is laid out: it holds until the next body is
 */
export function writeBody(boundary: string, parts: readonly BodyPart[], transfer: Transfer): Buffer {
  let at = 0
  for (const part of parts) at = layMarked(at, boundary, part, transfer) ?? layPart(at, boundary, part, transfer)
  at = layText(at, `--${boundary}--\r\n`)
  const body = sheet.bytes.subarray(0, at)
  // One huge message does not keep its room for ever.
  if (sheet.bytes.length > ROOM * 4) sheet = makeSheet(ROOM)
  return body
}

function headOf(boundary: string, type: string, encoding: string): string {
  return `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
}

/** A fixed piece as it is sent, and what has to be known of its lines, in bytes. */
interface Laid {
  readonly bytes: Buffer
  readonly isAscii: boolean
  readonly hasBreak: boolean
  /** Before its first line end, and behind its last one. */
  readonly first: number
  readonly last: number
}

const pieces = new WeakMap<Fixed, Laid | null>()

/** Null when it cannot be sent as it is. */
function laidOf(fixed: Fixed): Laid | null {
  const known = pieces.get(fixed)
  if (known !== undefined) return known
  const text = fixed.text.replaceAll('\r\n', '\n')
  const bytes = Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8')
  const lines = text.split('\n').map((line) => Buffer.byteLength(line))
  const isClean = !HAS_CONTROL.test(text) && lines.every((length) => length < LONGEST_LINE)
  const laid = isClean
    ? { bytes, isAscii: bytes.length === text.length + lines.length - 1, hasBreak: lines.length > 1, first: lines[0]!, last: lines.at(-1)! }
    : null
  pieces.set(fixed, laid)
  return laid
}

/** @returns where the part ends, or null when it holds no fixed pieces or has to be looked at as a whole */
function layMarked(at: number, boundary: string, { type, content, marked }: BodyPart, transfer: Transfer): number | null {
  if (marked === undefined) return null
  const { marks, own } = marked
  // Where most was written for one person, it is quicker looked at as a whole.
  if (marks.reduce((sum, { fixed }) => sum + fixed.text.length, 0) * 2 < content.length || marks.length === 0) return null
  makeRoom(at, at + content.length * 4 + 1_024)
  const start = layText(at, headOf(boundary, type, '7bit'))
  let end = start
  let column = 0
  let isAscii = true
  const layOwn = (text: string): boolean => {
    if (text === '') return true
    if (HAS_CONTROL.test(text)) return false
    const breaks = text.includes('\n')
    const lines = breaks ? text.replaceAll('\n', '\r\n') : text
    const length = sheet.bytes.write(lines, end)
    if (length !== lines.length) isAscii = false
    if (breaks) {
      for (let place = end; place < end + length; place++) {
        if (sheet.bytes[place] !== LF) column += 1
        else if (column > LONGEST_LINE) return false
        else column = 0
      }
    } else column += length
    end += length
    return true
  }
  for (const [index, { fixed }] of marks.entries()) {
    const laid = laidOf(fixed)
    if (laid === null || !layOwn(own[index]!)) return null
    if (laid.hasBreak) {
      if (column + laid.first >= LONGEST_LINE) return null
      column = laid.last
    } else column += laid.bytes.length
    if (!laid.isAscii) isAscii = false
    sheet.bytes.set(laid.bytes, end)
    end += laid.bytes.length
  }
  if (!layOwn(own.at(-1)!) || column > LONGEST_LINE) return null
  if (!isAscii) {
    if (transfer !== '8bit') return null
    layText(at, headOf(boundary, type, '8bit'))
  }
  return layText(end, '\r\n')
}

function layPart(at: number, boundary: string, { type, content }: BodyPart, transfer: Transfer): number {
  const text = content.includes('\r') ? content.replace(/\r\n?/g, '\n') : content
  // Three bytes a character is the most that UTF-8 takes, and more than a line end with what is put before it. First below, where it will
  // stand, and once more above it, where it is read from.
  const most = text.length * 3 + 512
  const from = (at + most + 3) & ~3
  makeRoom(at, from + most)
  const length = sheet.bytes.write(text, from)
  const isAscii = length === text.length
  if (isAscii || transfer === '8bit') {
    const start = layText(at, headOf(boundary, type, isAscii ? '7bit' : '8bit'))
    const end = layLines(start, from, from + length)
    if (end !== null) return layText(end, '\r\n')
  }
  const encoded = encodeQuotedPrintable(text.replaceAll('\n', '\r\n'))
  makeRoom(at, at + encoded.length + 512)
  const start = layText(at, headOf(boundary, type, 'quoted-printable'))
  encoded.copy(sheet.bytes, start)
  return layText(start + encoded.length, '\r\n')
}

function layText(at: number, text: string): number {
  return at + sheet.bytes.write(text, at, 'latin1')
}

/** Keeps what is laid out up to `at`. */
function makeRoom(at: number, size: number): void {
  if (size <= sheet.bytes.length) return
  const larger = makeSheet(Math.ceil(size / ROOM) * ROOM)
  sheet.bytes.copy(larger.bytes, 0, 0, at)
  sheet = larger
}

/**
 * Lays the lines between `from`, a multiple of four, and `to` out at `at`, each with CRLF in place of its LF.
 * @returns where they end, or null when a line is too long or holds a control character
 */
function layLines(at: number, from: number, to: number): number | null {
  const { bytes, words } = sheet
  // What follows in the last word is none of the text.
  bytes.fill(SPACE, to, to + 3)
  let line = from
  let end = at
  const last = (to + 3) >> 2
  for (let index = from >> 2; index < last; index++) {
    const word = words[index]!
    const other = word ^ ALL_DEL
    if (((((word - ALL_SPACE) & ~word) | ((other - ALL_ONE) & ~other)) & ALL_HIGH) === 0) continue
    for (let place = index << 2; place < (index << 2) + 4; place++) {
      const byte = bytes[place]!
      if (byte === LF) {
        const length = place - line
        if (length + 1 > LONGEST_LINE) return null
        bytes.copyWithin(end, line, place)
        end += length
        bytes[end++] = CR
        bytes[end++] = LF
        line = place + 1
      } else if ((byte < SPACE && byte !== TAB) || byte === DEL) return null
    }
  }
  if (to - line > LONGEST_LINE) return null
  bytes.copyWithin(end, line, to)
  return end + to - line
}
