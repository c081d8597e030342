import { domainToASCII } from 'node:url'
import { DeliveryError } from '../port.ts'

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
  const domain = domainToASCII(host)
  return domain === '' || domain.length > 253 || (!domain.includes('.') && domain !== 'localhost') ? null : `${local}@${domain}`
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
