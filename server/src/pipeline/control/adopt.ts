import { z } from 'zod'
import { adoptProfile, type ProfileState } from '@throughline/engine'
import { profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'

// The state was folded by the fill job of this program; its shape is the engine's and is trusted.
const schema = z.object({
  profile: z.custom<ProfileState>((value) => typeof value === 'object' && value !== null).optional(),
  /** The request that this is the answer to. */
  refold: z.string().optional(),
})

/** A person arrives who was folded anew from history as a whole. */
export const adopt: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  take({ profile, refold }, { turn, state, now }, person) {
    turn.fireTimers(state, person, now)
    const awaited = profileOf(person).refold
    if (profile !== undefined && (awaited === undefined || awaited === refold))
      turn.keep(state, person, adoptProfile(profileOf(person), profile, turn.context(state, person, now)), 1)
    person.lastNow = now
  },
}
