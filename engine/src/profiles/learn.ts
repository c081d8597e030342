import type { Event } from '@throughline/contracts'
import type { ProfileState } from '../profile.ts'
import { consentSaidBy, laterConsent, withdrawalOf } from './consents.ts'
import { addAddressWord, suppressionSaidBy } from './suppressions.ts'
import { addTraits, traitsSaidBy } from './traits.ts'

/** What is known of a person apart from what they did. */
export type Known = Pick<ProfileState, 'traits' | 'consents' | 'suppressed'>

export interface Learned {
  readonly known: Known
  /** Names of the traits that changed. */
  readonly changed: readonly string[]
}

const nothing: readonly string[] = []

/** What the event adds to what is known. Parts that it does not change stay the same objects. */
export function learnFrom(before: Known, event: Event): Learned {
  let { traits, consents, suppressed } = before
  let changed = nothing
  const said = traitsSaidBy(event)
  if (said !== null) {
    const names: string[] = []
    traits = addTraits(traits, said, Math.min(event.timestamp, event.receivedAt), event.merged === true, names)
    changed = names
  }
  const word = consentSaidBy(event)
  if (word !== null) {
    const standing = consents[word.key]
    const consent = event.merged ? withdrawalOf(standing, word.consent) : laterConsent(standing, word.consent)
    if (consent !== standing) consents = { ...consents, [word.key]: consent }
  }
  const address = suppressionSaidBy(event)
  if (address !== null) suppressed = addAddressWord(suppressed, ...address)
  return { known: { traits, consents, suppressed }, changed }
}
