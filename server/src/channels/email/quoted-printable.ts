const CR = 13
const LF = 10
const EQUALS = 61
const HEX = Buffer.from('0123456789ABCDEF', 'latin1')
const LONGEST_LINE = 76
const SPACE = 32
const TAB = 9
const PLAIN = 1
const BLANK = 2
const KINDS = kindsOfBytes()

const ROOM = 256 * 1024
/** Where text is written before its length is known; one for all, since nothing waits meanwhile. */
const sheet = Buffer.allocUnsafeSlow(ROOM)

/**
 * Text with CRLF line ends as quoted-printable (RFC 2045, 6.7): lines of at most 76 characters, ASCII only, no white space
 * at a line's end. A loop over bytes, since the usual chain of regular expressions costs several times as much a message.
 */
export function encodeQuotedPrintable(text: string): Buffer {
  const input = Buffer.from(text, 'utf8')
  const { length } = input
  // Every byte three characters, and a soft break after each 24 of them.
  const most = length * 3 + Math.ceil(length / 24) * 3 + 3
  const out = most > ROOM ? Buffer.allocUnsafe(most) : sheet
  let at = 0
  let column = 0
  for (let i = 0; i < length; i++) {
    const byte = input[i]!
    const kind = KINDS[byte]
    // Most bytes are these, in the middle of a line: nothing else has to be known of them.
    if (column < LONGEST_LINE - 1 && (kind === PLAIN || (kind === BLANK && i + 1 < length && input[i + 1] !== CR))) {
      out[at++] = byte
      column += 1
      continue
    }
    if (byte === CR && input[i + 1] === LF) {
      out[at++] = CR
      out[at++] = LF
      i += 1
      column = 0
      continue
    }
    const last = i + 1 === length || (input[i + 1] === CR && input[i + 2] === LF)
    const plain = kind === BLANK ? !last : kind === PLAIN
    const width = plain ? 1 : 3
    // The last character of a line may fill it; any other leaves room for the soft break.
    if (column + width > (last ? LONGEST_LINE : LONGEST_LINE - 1)) {
      out[at++] = EQUALS
      out[at++] = CR
      out[at++] = LF
      column = 0
    }
    if (plain) out[at++] = byte
    else {
      out[at++] = EQUALS
      out[at++] = HEX[byte >> 4]!
      out[at++] = HEX[byte & 15]!
    }
    column += width
  }
  return out === sheet ? Buffer.from(sheet.subarray(0, at)) : out.subarray(0, at)
}

/** Printable ASCII but the sign itself stands for itself wherever it stands, white space where something follows it in its line. */
function kindsOfBytes(): Uint8Array {
  const kinds = new Uint8Array(256)
  kinds.fill(PLAIN, 33, 127)
  kinds[EQUALS] = 0
  kinds[SPACE] = BLANK
  kinds[TAB] = BLANK
  return kinds
}
