import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto'
import type { HeaderLine, MimeMessage } from './mime.ts'

export interface DkimKey {
  readonly domain: string
  readonly selector: string
  readonly key: KeyObject
}

/** Signed where present; the last two, which RFC 8058 asks for, are missing from many libraries' lists. */
const SIGNED = [
  'from',
  'to',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'list-unsubscribe',
  'list-unsubscribe-post',
]

/**
 * Reads a private key in PEM: RSA of at least 1024 bits, or Ed25519.
 * Throws a TypeError that says what is wrong with it and holds nothing of it.
 */
export function readDkimKey(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new TypeError('the DKIM key cannot be read; it must be a private key in PEM, without a pass phrase')
  }
  if (key.asymmetricKeyType === 'ed25519') return key
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (key.asymmetricKeyType !== 'rsa' || bits < 1_024)
    throw new TypeError(
      `the DKIM key is of type ${key.asymmetricKeyType ?? 'unknown'}${bits > 0 ? ` with ${bits} bits` : ''}; allowed: RSA of 1024 bits or more (2048 is usual), Ed25519`,
    )
  return key
}

/**
 * The DKIM-Signature field of a message (RFC 6376, relaxed/relaxed, SHA-256; RFC 8463 for Ed25519).
 * @param at epoch milliseconds, becomes `t=`
 */
export function signDkim(message: MimeMessage, { domain, selector, key }: DkimKey, at: number): HeaderLine {
  const bodyHash = createHash('sha256').update(relaxBody(message.body)).digest('base64')
  const fields = SIGNED.flatMap((name) => message.headers.find((header) => header.name.toLowerCase() === name) ?? [])
  const ed25519 = key.asymmetricKeyType === 'ed25519'
  const value = [
    'v=1',
    `a=${ed25519 ? 'ed25519' : 'rsa'}-sha256`,
    'c=relaxed/relaxed',
    `d=${domain}`,
    `s=${selector}`,
    `t=${Math.floor(at / 1_000)}`,
    `h=${fields.map((field) => field.name.toLowerCase()).join(':')}`,
    `bh=${bodyHash}`,
    'b=',
  ]
  const line = `DKIM-Signature: ${value.slice(0, 6).join('; ')};\r\n ${value.slice(6).join(';\r\n ')}`
  const data = Buffer.from(`${fields.map((field) => `${relaxHeader(field.line)}\r\n`).join('')}${relaxHeader(line)}`, 'utf8')
  const signature = ed25519 ? sign(null, createHash('sha256').update(data).digest(), key) : sign('sha256', data, key)
  return { name: 'DKIM-Signature', line: line + signature.toString('base64').replace(/.{72}(?=.)/g, '$&\r\n ') }
}

/** RFC 6376, 3.4.2: name in small letters, unfolded, runs of white space to one space, none around the colon and at the end. */
function relaxHeader(line: string): string {
  const colon = line.indexOf(':')
  return `${line.slice(0, colon).trim().toLowerCase()}:${line
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()}`
}

const [TAB, LF, CR, SPACE] = [9, 10, 13, 32]

/** RFC 6376, 3.4.4: white space at line ends away, runs of it to one space, empty lines at the end away, one CRLF at the end. */
export function relaxBody(body: Buffer): Buffer {
  const relaxed = Buffer.allocUnsafe(body.length + 2)
  let length = 0
  // What is met of line ends and of white space is written when something follows it.
  let ends = 0
  let isSpaced = false
  const catchUp = (): void => {
    for (; ends > 0; ends--) {
      relaxed[length++] = CR
      relaxed[length++] = LF
    }
    if (isSpaced) relaxed[length++] = SPACE
    isSpaced = false
  }
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] as number
    if (byte === SPACE || byte === TAB) isSpaced = true
    else if (byte === CR && body[at + 1] === LF) {
      isSpaced = false
      ends += 1
      at += 1
    } else {
      if (isSpaced || ends > 0) catchUp()
      relaxed[length++] = byte
    }
  }
  if (isSpaced) catchUp()
  if (length === 0) return relaxed.subarray(0, 0)
  relaxed[length++] = CR
  relaxed[length++] = LF
  return relaxed.subarray(0, length)
}
