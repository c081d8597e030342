import { valueAt, type JsonObject } from '@throughline/contracts'
import { shortKey } from '../hash.ts'

const MOST_CHARACTERS = 200

/** What stands under the key's path in the properties of an event, as text; null when it names nothing. */
export function keyIn(properties: JsonObject, path: string): string | null {
  const value = valueAt(properties, path)
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof text === 'string' && text !== '' && text.length <= MOST_CHARACTERS ? text : null
}

/** Under what a profile remembers that it was in a journey; with a key, that it was in it for this one. */
export function slotOf(journey: string, key: string | undefined): string {
  // No id of a journey has a space in it.
  return key === undefined ? journey : `${journey} ${shortKey(key)}`
}

/** Whether it is remembered of a journey for one of its keys. */
export function isSlotOf(slot: string, journey: string): boolean {
  return slot.length > journey.length && slot.startsWith(journey) && slot.charCodeAt(journey.length) === 32
}
