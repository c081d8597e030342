import { domainToASCII } from 'node:url'
import { LRUCache } from 'lru-cache'
import { DeliveryError } from '../port.ts'

/** Most addresses share few domains, and each is asked for several times on its way. */
const domains = new LRUCache<string, string>({ max: 1_000 })

/**
 * An e-mail address as SMTP takes it (RFC 5321 mailbox; a domain with other letters as its ASCII form).
 * @returns null when it is none
 */
export function normaliseEmail(address: string): string | null {
  const match = /^([\x21-\x7e]+)@([^\s@<>()[\]\\,;:"]+)$/.exec(address.trim())
  if (match === null) return null
  const [, local = '', host = ''] = match
  if (local.length > 64 || /[<>()[\]\\,;:"@]/.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..'))
    return null
  const domain = asciiOf(host)
  return domain === '' || domain.length > 253 || (!domain.includes('.') && domain !== 'localhost') ? null : `${local}@${domain}`
}

function asciiOf(host: string): string {
  const known = domains.get(host)
  if (known !== undefined) return known
  const domain = domainToASCII(host)
  domains.set(host, domain)
  return domain
}

/** The same, or a {@link DeliveryError} that says so. */
export function requireEmail(address: string): string {
  const normal = normaliseEmail(address)
  if (normal === null) throw new DeliveryError('failed', `"${address.slice(0, 100)}" is no e-mail address that SMTP can carry`)
  return normal
}

/** What follows the @, in small letters. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}
