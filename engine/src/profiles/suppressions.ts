import { eventNames, type Event } from '@throughline/contracts'
import type { Trait } from '../profile.ts'

/** A suppressed address as profiles keep it: `email:jane@shop.com`, e-mail trimmed and in small letters. */
export function suppressionKey(channel: string, address: string): string {
  const trimmed = address.trim()
  return `${channel}:${channel === 'email' ? trimmed.toLowerCase() : trimmed}`
}

/**
 * The address that an event takes out of use, if any: a `Message Bounced` that is not marked `bounce: "soft"`, and an
 * `Unsubscribed` by complaint. The address is that of the event (`address`), or else the person's present one.
 */
export function suppressionSaidBy({ name, properties }: Event, traits: { readonly [name: string]: Trait }): string | null {
  const hardBounce = name === eventNames.messageBounced && properties.bounce !== 'soft'
  const complaint = name === eventNames.unsubscribed && properties.reason === 'complaint'
  if (!hardBounce && !complaint) return null
  const channel = typeof properties.channel === 'string' ? properties.channel : 'email'
  const address = properties.address ?? (channel === 'email' ? traits.email?.[0] : undefined)
  return typeof address === 'string' && address.trim() !== '' ? suppressionKey(channel, address) : null
}
