import type { Identifier, IdentifierKind } from '@throughline/contracts'
import { toE164 } from '@throughline/engine'

/** The longest value that is kept, in characters: as long as a message id, longer than any e-mail address (RFC 5321: 254). */
const MAX_LENGTH = 255

// Placeholders that shops and SDKs send when they do not know who somebody is, in lower case.
const blocked = new Set([
  'null',
  'undefined',
  'none',
  'nil',
  'nan',
  'n/a',
  'na',
  'not set',
  '(not set)',
  'not_set',
  'notset',
  'empty',
  'blank',
  'void',
  'anonymous',
  'anon',
  'guest',
  'visitor',
  'unknown',
  'unidentified',
  'user',
  'customer',
  'id',
  'userid',
  'user_id',
  'user-id',
  'anonymousid',
  'anonymous_id',
  'email',
  'test',
  'true',
  'false',
  '-1',
  '[object object]',
  '{}',
  '[]',
  '""',
  "''",
  '?',
  '-',
  '(none)',
  'default',
  // The id that a whole series of Android devices shared.
  '9774d56d682e549c',
])
// One sign again and again, with or without dashes: 0, 000, 00000000-0000-0000-0000-000000000000, xxxx, ------.
const repeated = /^[-_. ]*(?:([0x*?])\1*(?:[-_. ]+\1+)*)?[-_. ]*$/

const blockedEmails = new Set([
  'test@test.com',
  'test@example.com',
  'user@example.com',
  'email@example.com',
  'name@example.com',
  'guest@example.com',
  'a@a.com',
  'a@b.com',
  'none@none.com',
  'no@no.com',
  'no@email.com',
  'noemail@noemail.com',
  'null@null.com',
  'na@na.com',
  'asdf@asdf.com',
])
const blockedMailboxes = /^(?:no-?reply|do-?not-?reply|noemail|no-email|none|null|undefined|nobody|guest|anonymous|unknown|invalid)@/
const blockedPhones = /^\+(?:(\d)\1*|1234567890?|0123456789)$/

/** Whether a value of this kind, already normalised, is a placeholder that says nothing about who somebody is. */
export function isBlocked(kind: IdentifierKind, value: string): boolean {
  switch (kind) {
    case 'email':
      return blockedEmails.has(value) || blockedMailboxes.test(value)
    case 'phone':
      return blockedPhones.test(value)
    case 'user_id':
    case 'anonymous_id':
      return isPlaceholder(value)
    default:
      return kind satisfies never
  }
}

function isPlaceholder(value: string): boolean {
  if (value.length > 40) return false
  const lower = value.toLowerCase()
  if (blocked.has(lower)) return true
  return repeated.test(lower) && lower !== 'x'
}

/**
 * The form in which identifiers are compared, or `undefined` for what identifies nobody: empty, too long (255 characters),
 * not an e-mail address, a phone number without its country (`+` or `00` first; E.164), or a blocked value.
 * E-mail is trimmed and lower-cased, phone becomes `+` and digits, ids are trimmed and keep their case.
 */
export function normaliseIdentifier(kind: IdentifierKind, value: string): Identifier | undefined {
  const normal = kind === 'email' ? toEmail(value) : kind === 'phone' ? toE164(value) : value.trim()
  if (normal === undefined || normal === null || normal === '' || normal.length > MAX_LENGTH || isBlocked(kind, normal)) return undefined
  return { kind, value: normal }
}

function toEmail(value: string): string | undefined {
  const normal = value.trim().toLowerCase()
  return /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]{2,}$/.test(normal) ? normal : undefined
}
