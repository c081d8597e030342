import { z } from 'zod'
import { eventNames } from '@throughline/contracts'
import { beginRefold } from '@throughline/engine'
import { forgotten, profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'
import { requestRefold } from './request-refold.ts'

const schema = z.object({ merge: z.string().min(1), loser: z.uuid(), winner: z.uuid() })

/**
 * A merge is undone. The loser lives again; what both are is folded from history by the profile that each event was
 * accepted under, and adopted later. Until then decisions on leaves wait, and opt-outs hold on both sides.
 */
export const unmerge: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  staysWithTombstone: ({ loser }, row) => row.profile_id === loser,
  take({ merge, loser, winner }, { turn, state, row, now }, person) {
    if (person.mergedInto === forgotten) return
    if (person.id === loser) {
      person.mergedInto = null
      person.mergedAt = null
    }
    turn.fireTimers(state, person, now)
    person.profile = beginRefold(profileOf(person), turn.context(state, person, now))
    requestRefold(turn, person, { live: row.seq, bulk: state.bulkSeq })
    turn.batch.facts.push({
      shard: state.shard,
      profileId: person.id,
      id: `unmerged:${merge}:${person.id}`,
      name: eventNames.profilesUnmerged,
      at: now,
      properties: { merge, loser, winner },
    })
  },
}
