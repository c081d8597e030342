import { z } from 'zod'
import { mergeProfiles, type ProfileState } from '@throughline/engine'
import { profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'
import { requestRefold } from './request-refold.ts'

// The state was written by merge-out of this program; its shape is the engine's and is trusted.
const schema = z.object({
  merge: z.string().min(1),
  loser: z.uuid(),
  state: z.custom<ProfileState>((value) => typeof value === 'object' && value !== null),
})

/**
 * Another profile arrives whole: its traits, consents, leaf states, entries and runs become part of this one. When it came
 * before its history had been read, this person is folded anew, since what is missing may have been handed out meanwhile.
 */
export const mergedIn: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  take({ state: loser }, { turn, state, row, now }, person) {
    turn.fireTimers(state, person, now)
    const result = mergeProfiles(profileOf(person), loser, turn.context(state, person, now))
    person.lastNow = now
    turn.keep(state, person, result, 0)
    turn.touch(person)
    if ((result.profile.pending?.length ?? 0) > 0) requestRefold(turn, person, { live: row.seq, bulk: state.bulkSeq })
  },
}
