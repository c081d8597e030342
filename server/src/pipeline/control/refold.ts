import { z } from 'zod'
import { doubtMemories } from '@throughline/engine'
import { forgotten, profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'
import { requestRefold } from './request-refold.ts'

const schema = z.object({ reason: z.string() })

/**
 * Somebody's memberships are in doubt: what is remembered of their events is folded again from history, and decided by. Memberships
 * that turn out otherwise change as "filled", which starts no journey.
 */
export const refold: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  take(_, { turn, state, row, now }, person) {
    if (person.mergedInto === forgotten) return
    turn.fireTimers(state, person, now)
    person.profile = doubtMemories(profileOf(person), turn.context(state, person, now))
    requestRefold(turn, person, { live: state.liveSeq, bulk: row.seq })
  },
}
