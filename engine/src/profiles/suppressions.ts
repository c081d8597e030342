import { eventNames, type Event } from '@throughline/contracts'
import { compareText } from '../compare-text.ts'
import type { AddressWord, ProfileState } from '../profile.ts'

type Suppressed = ProfileState['suppressed']

/** A suppressed address as profiles keep it: `email:jane@shop.com`, e-mail trimmed and in small letters. */
export function suppressionKey(channel: string, address: string): string {
  const trimmed = address.trim()
  return `${channel}:${channel === 'email' ? trimmed.toLowerCase() : trimmed}`
}

/** What the event says about an address, if it is `Address Suppressed` or `Address Released`. */
export function suppressionSaidBy(event: Event): readonly [key: string, word: AddressWord] | null {
  const { name, timestamp, receivedAt } = event
  if (name !== eventNames.addressSuppressed && name !== eventNames.addressReleased) return null
  const { channel, address, reason } = event.properties
  if (typeof channel !== 'string' || typeof address !== 'string') return null
  const why = name === eventNames.addressReleased ? '' : typeof reason === 'string' ? reason : ''
  if (name === eventNames.addressSuppressed && why === '') return null
  return [suppressionKey(channel, address), [why, Math.min(timestamp, receivedAt)]]
}

/** The words with one more: the later stays, of two of one instant the larger text, so that a suppression outweighs its end. */
export function addAddressWord(words: Suppressed, key: string, said: AddressWord): Suppressed {
  const standing = words[key]
  if (standing !== undefined && !isLater(said, standing)) return words
  return { ...words, [key]: said }
}

/** What two records together say: an address is the same whoever it belongs to. */
export function mergeSuppressed(a: Suppressed, b: Suppressed): Suppressed {
  let merged = a
  for (const [key, word] of Object.entries(b)) merged = addAddressWord(merged, key, word)
  return merged
}

function isLater(said: AddressWord, standing: AddressWord): boolean {
  return said[1] > standing[1] || (said[1] === standing[1] && compareText(said[0], standing[0]) > 0)
}
