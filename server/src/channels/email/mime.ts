import { createHash } from 'node:crypto'
import { encodeWords, foldLines } from 'nodemailer/lib/mime-funcs'
import { encodeQuotedPrintable } from './quoted-printable.ts'

/** A header field as it stands in the message, folded, without the line's end. */
export interface HeaderLine {
  readonly name: string
  readonly line: string
}

export interface MimeMessage {
  readonly headers: readonly HeaderLine[]
  /** With CRLF line ends, as it is signed and sent. */
  readonly body: Buffer
}

/** How a part may travel: `8bit` (RFC 6152) where the server takes it as it is, else as 7-bit or quoted-printable. */
export type Transfer = '7bit' | '8bit'

/**
 * Writes a message of two parts, plain text and HTML (RFC 5322; RFC 2045, 2046 multipart/alternative, 2047 header words).
 * Written by hand because a library's general composer costs about half a millisecond a message, ten times this.
 * @param fields header fields in their order, values as people read them; those under `structured` are written as they are
 * @param transfer what the server takes; a signed message must be `7bit`, since a relay that has to recode it breaks the signature
 */
export function writeMime(
  id: string,
  fields: readonly { readonly name: string; readonly value: string; readonly structured?: boolean }[],
  parts: { readonly text: string; readonly html: string },
  transfer: Transfer,
): MimeMessage {
  const boundary = `=_tl_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`
  const body = Buffer.concat([
    ...writePart(boundary, 'text/plain', parts.text, transfer),
    ...writePart(boundary, 'text/html', parts.html, transfer),
    Buffer.from(`--${boundary}--\r\n`, 'latin1'),
  ])
  const headers = [
    ...fields.map(({ name, value, structured }) => headerLine(name, structured === true ? value : encodeWords(value, 'Q', 52, true))),
    headerLine('MIME-Version', '1.0'),
    headerLine('Content-Type', `multipart/alternative; boundary="${boundary}"`),
  ]
  return { headers, body }
}

/** The message as bytes: headers, an empty line, the body. */
export function joinMime(message: MimeMessage): Buffer {
  return Buffer.concat([Buffer.from(`${message.headers.map((header) => header.line).join('\r\n')}\r\n\r\n`, 'utf8'), message.body])
}

/** `"Ödeme Evi" <shop@example.com>`; the name quoted or as encoded words, whatever it needs. */
export function mailbox(address: string, name?: string): string {
  if (name === undefined || name.trim() === '') return address
  const clean = name.replace(/[\r\n\0]+/g, ' ').trim()
  return /^[\x20-\x7e]*$/.test(clean)
    ? `"${clean.replace(/(["\\])/g, '\\$1')}" <${address}>`
    : `${encodeWords(clean, 'Q', 52, true)} <${address}>`
}

// What a value could break out with is taken away before anything else: a line end in a name starts no new header.
function headerLine(name: string, value: string): HeaderLine {
  return { name, line: foldLines(`${name}: ${value.replace(/[\r\n\0]+/g, ' ')}`, 76) }
}

function writePart(boundary: string, type: string, content: string, transfer: Transfer): Buffer[] {
  const text = content.includes('\r') ? content.replace(/\r\n|\r|\n/g, '\r\n') : content.replaceAll('\n', '\r\n')
  const { encoding, body } = encodePart(text, transfer)
  const head = `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
  return [Buffer.from(head, 'latin1'), body, LINE_END]
}

const LINE_END = Buffer.from('\r\n', 'latin1')
/** RFC 5322 allows 998 bytes a line; relays that fold long lines would break a signature. */
const LONGEST_LINE = 900

function encodePart(text: string, transfer: Transfer): { readonly encoding: string; readonly body: Buffer } {
  const body = Buffer.from(text, 'utf8')
  const isAscii = body.length === text.length
  if ((isAscii || transfer === '8bit') && hasShortLines(body) && !CONTROLS.test(text)) return { encoding: isAscii ? '7bit' : '8bit', body }
  return { encoding: 'quoted-printable', body: encodeQuotedPrintable(text) }
}

const CONTROLS = /[^\t\r\n\x20-\x7e\x80-\uffff]/

function hasShortLines(body: Buffer): boolean {
  let start = 0
  for (;;) {
    const end = body.indexOf(10, start)
    if ((end === -1 ? body.length : end) - start > LONGEST_LINE) return false
    if (end === -1) return true
    start = end + 1
  }
}
