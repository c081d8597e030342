import type { Event, Json, JsonObject } from '@throughline/contracts'
import { compareText } from '../compare-text.ts'
import type { Trait } from '../profile.ts'

type Traits = { readonly [name: string]: Trait }

/** The traits that an event tells: those of an identify, or the `traits` in the context of any other call. */
export function traitsSaidBy(event: Pick<Event, 'type' | 'properties' | 'context'>): JsonObject | null {
  if (event.type === 'identify') return event.properties
  const { traits } = event.context
  return isObject(traits) ? traits : null
}

/**
 * Whether this word replaces what stands: the person's own word that says something outweighs one of a profile merged into theirs; else
 * the later one does, of two at the same instant the one with the larger JSON text.
 */
export function isLaterWord(word: Trait, standing: Trait | undefined): boolean {
  if (standing === undefined) return true
  if (word[2] !== standing[2] && saysSomething(word[2] ? standing : word)) return !word[2]
  const [value, at] = word
  if (at !== standing[1]) return at > standing[1]
  if (value === standing[0]) return false
  return compareText(JSON.stringify(value), JSON.stringify(standing[0])) > 0
}

/** The traits with one more word said; the same object when it changes nothing. `null` stays as the word that there is none. */
export function addTrait(traits: Traits, name: string, word: Trait): Traits {
  return isLaterWord(word, traits[name]) ? { ...traits, [name]: word } : traits
}

/** The traits with all these words said by one event; the same object when they change nothing. `changed` gets the names of those that did. */
export function addTraits(traits: Traits, said: JsonObject, at: number, merged: boolean, changed: string[]): Traits {
  let after: { [name: string]: Trait } | undefined
  for (const name of Object.keys(said)) {
    const word: Trait = merged ? [said[name]!, at, true] : [said[name]!, at]
    if (!isLaterWord(word, traits[name])) continue
    after ??= { ...traits }
    after[name] = word
    changed.push(name)
  }
  return after ?? traits
}

/** Neither `null` nor an empty text. */
function saysSomething([value]: Trait): boolean {
  return value !== null && value !== ''
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
