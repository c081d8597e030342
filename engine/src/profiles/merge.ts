import type { ConsentState, ProfileState, Trait } from '../profile.ts'
import { laterConsent } from './consents.ts'
import { isLaterWord, saysSomething } from './traits.ts'

type Traits = ProfileState['traits']
type Consents = ProfileState['consents']

/** What two records of the same person's traits say together: of each trait the later word. */
export function mergeTraits(a: Traits, b: Traits): Traits {
  return mergeBy(a, b, (ours, theirs) => (isLaterWord(theirs[0], theirs[1], ours) ? theirs : ours))
}

/** The winner's traits, with the loser's where the winner's are missing or empty. */
export function fillTraits(winner: Traits, loser: Traits): Traits {
  return mergeBy(winner, loser, (ours: Trait, theirs) => (saysSomething(ours) || !saysSomething(theirs) ? ours : theirs))
}

/** What two records of the same person's consents say together: of each the later word. */
export function mergeConsents(a: Consents, b: Consents): Consents {
  return mergeBy(a, b, laterConsent)
}

/** The consents of two people who prove to be one: whoever has opted out stays opted out, until they agree again. */
export function mergeWithdrawals(a: Consents, b: Consents): Consents {
  return mergeBy(a, b, (ours: ConsentState, theirs) => {
    if (ours.state === theirs.state) return laterConsent(ours, theirs)
    return { ...(ours.state === 'withdrawn' ? ours : theirs), at: Math.max(ours.at, theirs.at) }
  })
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
