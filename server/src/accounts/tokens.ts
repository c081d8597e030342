import { createHash, randomBytes } from 'node:crypto'

/** 256 bits that nobody can guess, as URL-safe text, behind a prefix that says what it opens. */
export function makeToken(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** What is stored of a token or key: SHA-256. Plain hashing is enough, since these are random, unlike passwords. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}
