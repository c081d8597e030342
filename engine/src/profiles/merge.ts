import type { ProfileState, Trait } from '../profile.ts'
import { laterConsent, withdrawalOf } from './consents.ts'
import { isLaterWord } from './traits.ts'

type Traits = ProfileState['traits']
type Consents = ProfileState['consents']

/** What two records of the same person's traits say together: of each trait the later word. */
export function mergeTraits(a: Traits, b: Traits): Traits {
  return mergeBy(a, b, (ours, theirs) => (isLaterWord(theirs, ours) ? theirs : ours))
}

/** The winner's traits, with the loser's where the winner's are missing, or were emptied before. */
export function fillTraits(winner: Traits, loser: Traits): Traits {
  const merged = Object.entries(loser).map(([name, [value, at]]): [string, Trait] => [name, [value, at, true]])
  return mergeTraits(winner, Object.fromEntries(merged))
}

/** What two records of the same person's consents say together: of each the later word. */
export function mergeConsents(a: Consents, b: Consents): Consents {
  return mergeBy(a, b, laterConsent)
}

/** The consents of two people who prove to be one: whoever has opted out stays opted out, until they agree again. */
export function mergeWithdrawals(a: Consents, b: Consents): Consents {
  return mergeBy(a, b, withdrawalOf)
}

function mergeBy<T>(
  a: { readonly [key: string]: T },
  b: { readonly [key: string]: T },
  choose: (ours: T, theirs: T) => T,
): { readonly [key: string]: T } {
  const merged = { ...a }
  for (const [key, theirs] of Object.entries(b)) {
    const ours = merged[key]
    merged[key] = ours === undefined ? theirs : choose(ours, theirs)
  }
  return merged
}
