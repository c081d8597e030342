import { acceptLimits } from '@throughline/contracts'
import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { gunzip, gunzipSync, inflate } from 'node:zlib'
import { IngestError } from './errors.ts'

const unzip = promisify(gunzip)
const unflate = promisify(inflate)
const maxOutputLength = acceptLimits.batchBytes
/** Smaller bodies are unpacked at once: handing them to a thread costs more. */
const SMALL = 4_096

export interface Body {
  readonly text: string
  /** The same in UTF-8. */
  readonly bytes: Buffer
}

/**
 * The text of a request's body. Compression is told by its first bytes, whatever the headers say, since published clients
 * label it wrongly; an unpacked body is never larger than a batch may be.
 * @throws IngestError `body_too_large`, `body_unreadable`
 */
export async function readBody(raw: Buffer, encoding: string | undefined): Promise<Body> {
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? await unpack(raw, 'gzip') : isZlib(raw, encoding) ? await unpack(raw, 'deflate') : raw
  if (bytes.length > acceptLimits.batchBytes) throw bodyTooLarge(bytes.length)
  if (!isUtf8(bytes)) throw unreadable('is not UTF-8 text', 'JSON in UTF-8, as it is or packed by gzip')
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? { text: text.slice(1), bytes: bytes.subarray(3) } : { text, bytes }
}

// RFC 1950: compression method 8, and the first two bytes a multiple of 31. No JSON text begins so.
function isZlib(raw: Buffer, encoding: string | undefined): boolean {
  return encoding === 'deflate' && raw.length > 2 && (raw[0]! & 0x0f) === 8 && raw.readUInt16BE(0) % 31 === 0
}

async function unpack(raw: Buffer, method: 'gzip' | 'deflate'): Promise<Buffer> {
  try {
    if (method === 'deflate') return await unflate(raw, { maxOutputLength })
    return raw.length <= SMALL ? gunzipSync(raw, { maxOutputLength }) : await unzip(raw, { maxOutputLength })
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'))
      throw bodyTooLarge(undefined)
    throw unreadable(`is not whole ${method}`, 'JSON, as it is or packed by gzip')
  }
}

/** @param bytes its length, when it is known */
export function bodyTooLarge(bytes: number | undefined): IngestError {
  const length = bytes === undefined ? `longer than ${acceptLimits.batchBytes} bytes` : `${bytes} bytes long`
  return new IngestError(
    'too-large',
    'body_too_large',
    `The body is ${length}; a batch may have ${acceptLimits.batchBytes} bytes (500 KB). Send it in several calls.`,
    {
      field: 'body',
      value: bytes ?? null,
      allowed: `at most ${acceptLimits.batchBytes} bytes`,
    },
  )
}

export function unreadable(what: string, allowed: string): IngestError {
  return new IngestError('bad-input', 'body_unreadable', `The body ${what}.`, { field: 'body', allowed })
}
