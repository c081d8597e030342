const CR = 13
const LF = 10
const EQUALS = 61
const HEX = Buffer.from('0123456789ABCDEF', 'latin1')
const LONGEST_LINE = 76

/**
 * Text with CRLF line ends as quoted-printable (RFC 2045, 6.7): lines of at most 76 characters, ASCII only, no white space
 * at a line's end. A loop over bytes, since the usual chain of regular expressions costs several times as much a message.
 */
export function encodeQuotedPrintable(text: string): string {
  const input = Buffer.from(text, 'utf8')
  // Every byte three characters, and a soft break after each 24 of them.
  const out = Buffer.allocUnsafe(input.length * 3 + Math.ceil(input.length / 24) * 3 + 3)
  let at = 0
  let column = 0
  for (let i = 0; i < input.length; i++) {
    const byte = input[i] ?? 0
    if (byte === CR && input[i + 1] === LF) {
      out[at++] = CR
      out[at++] = LF
      i += 1
      column = 0
      continue
    }
    const last = i + 1 === input.length || (input[i + 1] === CR && input[i + 2] === LF)
    const plain = byte === 32 || byte === 9 ? !last : byte > 32 && byte < 127 && byte !== EQUALS
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
      out[at++] = HEX[byte >> 4] ?? 0
      out[at++] = HEX[byte & 15] ?? 0
    }
    column += width
  }
  return out.toString('latin1', 0, at)
}
