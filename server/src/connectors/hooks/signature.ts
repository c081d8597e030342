import { createHmac } from 'node:crypto'
import type { HookSignature } from '@throughline/contracts'
import { isEqual } from '../../platform/secrets/index.ts'

/** Whether a header holds the HMAC (RFC 2104) of these bytes; compared in a time that tells nothing. */
export function isSigned(
  { header, algorithm, encoding, prefix }: HookSignature,
  secret: string,
  headers: { readonly [name: string]: string | string[] | undefined },
  body: Uint8Array,
): boolean {
  const given = headers[header.toLowerCase()]
  if (typeof given !== 'string' || !given.startsWith(prefix)) return false
  const said = given.slice(prefix.length).trim()
  const expected = createHmac(algorithm, secret).update(body).digest(encoding)
  return isEqual(encoding === 'hex' ? said.toLowerCase() : said, expected)
}
