import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { SecretsError } from './errors.ts'

export interface Secrets {
  /** Seals a text with AES-256-GCM; twice the same text gives different bytes. */
  encrypt(plain: string): Buffer
  /** @throws SecretsError `secret_unreadable` when the bytes were changed or sealed under another secret key */
  decrypt(sealed: Uint8Array): string
  /** HMAC-SHA256 under a key of its own for each purpose. */
  hmac(purpose: string, text: string): Buffer
  /**
   * A short text for addresses, which carries a payload and cannot be made up.
   * @param expiresAt epoch milliseconds; without it the token holds for ever
   */
  signToken(purpose: string, payload: string, expiresAt?: number): string
  /** The payload of a token that was signed for this purpose and has not expired at `now`; else null. */
  readToken(purpose: string, token: string, now: number): string | null
}

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const EXPIRY_BYTES = 6
const MAC_BYTES = 16
/** Of SHA-256. */
const BLOCK_BYTES = 64
const HASH_BYTES = 32
/** Tokens of links are shorter. */
const ROOM = 2_048
const VERSION = 1

/**
 * The secret key: from `given` (64 hex digits, or 32 bytes in base64), else from the file `secret.key` in the data folder,
 * which is made with mode 0600 when it does not exist.
 * @throws SecretsError `secret_key_invalid`
 */
export function readSecretKey(folder: string, given?: string): Buffer {
  if (given !== undefined && given !== '') return decodeKey(given, 'THROUGHLINE_SECRET_KEY')
  const path = join(folder, 'secret.key')
  if (!existsSync(path)) writeKey(path)
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  return decodeKey(readFileSync(path, 'utf8').trim(), path)
}

// On the disk before anything is sealed with it, and never over a key that another process made in the same instant.
function writeKey(path: string): void {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`)
    fsyncSync(file)
    closeSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function decodeKey(text: string, place: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (key.length === KEY_BYTES) return key
  throw new SecretsError(
    'secret_key_invalid',
    `${place} holds ${key.length} bytes; allowed: 32 random bytes as 64 hexadecimal digits or in base64. Make one with: openssl rand -hex 32`,
  )
}

/** Everything that needs the secret key. Keys for sealing and for each purpose are derived by HKDF (RFC 5869). */
export function makeSecrets(secretKey: Uint8Array): Secrets {
  const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', secretKey, 'throughline', use, KEY_BYTES))
  const sealingKey = derive('seal')
  const purposes = new Map<string, Buffer>()
  const padded = new Map<string, Pads>()

  function keyFor(purpose: string): Buffer {
    let key = purposes.get(purpose)
    if (!key) purposes.set(purpose, (key = derive(`purpose ${purpose}`)))
    return key
  }

  function padsFor(purpose: string): Pads {
    let made = padded.get(purpose)
    if (!made) padded.set(purpose, (made = padsOf(keyFor(purpose))))
    return made
  }

  return {
    encrypt(plain) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce)
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body])
    },
    decrypt(sealed) {
      const bytes = Buffer.from(sealed)
      try {
        if (bytes[0] !== VERSION) throw new Error(`sealed in form ${bytes[0]}, known is ${VERSION}`)
        const tagAt = 1 + NONCE_BYTES
        const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(1, tagAt))
        decipher.setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES))
        return Buffer.concat([decipher.update(bytes.subarray(tagAt + TAG_BYTES)), decipher.final()]).toString('utf8')
      } catch (error) {
        throw new SecretsError(
          'secret_unreadable',
          'A stored secret cannot be opened: it was sealed under another secret key. Bring back the secret.key (or THROUGHLINE_SECRET_KEY) it was sealed with, or enter the secret again.',
          { cause: error },
        )
      }
    },
    hmac: (purpose, text) => createHmac('sha256', keyFor(purpose)).update(text, 'utf8').digest(),
    signToken(purpose, payload, expiresAt = 0) {
      const length = 1 + EXPIRY_BYTES + Buffer.byteLength(payload, 'utf8')
      const pads = padsFor(purpose)
      const isLong = length + MAC_BYTES > ROOM
      // In a place of its own, since the key stands before it there: it is to be in no memory that others are given.
      const token = isLong ? Buffer.alloc(length + MAC_BYTES) : pads.token
      token[0] = VERSION
      token.writeUIntBE(Math.ceil(expiresAt), 1, EXPIRY_BYTES)
      token.write(payload, 1 + EXPIRY_BYTES, 'utf8')
      if (isLong) mac(keyFor(purpose), token.subarray(0, length)).copy(token, length)
      else token.write(macOf(pads, length).slice(0, MAC_BYTES), length, 'latin1')
      return token.toString('base64url', 0, length + MAC_BYTES)
    },
    readToken(purpose, token, now) {
      const bytes = Buffer.from(token, 'base64url')
      const end = bytes.length - MAC_BYTES
      // Only one spelling of a token is good, so that a store of used ones cannot be got round.
      if (end < 1 + EXPIRY_BYTES || bytes.toString('base64url') !== token) return null
      const body = bytes.subarray(0, end)
      if (!timingSafeEqual(bytes.subarray(end), mac(keyFor(purpose), body)) || body[0] !== VERSION) return null
      const expiresAt = body.readUIntBE(1, EXPIRY_BYTES)
      return expiresAt !== 0 && expiresAt <= now ? null : body.toString('utf8', 1 + EXPIRY_BYTES)
    },
  }
}

/** What goes before a text and before its hash in HMAC-SHA256 (RFC 2104), with room for them behind it. */
interface Pads {
  readonly inner: Buffer
  readonly outer: Buffer
  /** The room behind the inner one. */
  readonly token: Buffer
}

/** @param key no longer than a block */
function padsOf(key: Buffer): Pads {
  const inner = Buffer.alloc(BLOCK_BYTES + ROOM, 0x36)
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES, 0x5c)
  for (const [index, byte] of key.entries()) {
    inner[index] = byte ^ 0x36
    outer[index] = byte ^ 0x5c
  }
  return { inner, outer, token: inner.subarray(BLOCK_BYTES) }
}

// Two hashes at once: `createHmac` makes an object for each code, which has to be collected. As text, which is cheaper to be handed over
// than another buffer.
function macOf({ inner, outer }: Pads, length: number): string {
  outer.write(hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'binary'), BLOCK_BYTES, 'latin1')
  return hash('sha256', outer, 'binary')
}

// 128 bits: nobody guesses them, and links stay short.
function mac(key: Buffer, body: Buffer): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, MAC_BYTES)
}
