import { z } from 'zod'
import { eventNames } from '@throughline/contracts'
import { beginRefold } from '@throughline/engine'
import { forgotten, profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'
import { requestRefold } from './request-refold.ts'

const schema = z.object({ merge: z.string().min(1), loser: z.uuid(), winner: z.uuid() })

/**
 * A merge is undone. The loser lives again; what both are is folded from history by the profile that each event was
 * accepted under, and adopted later. Until then decisions on leaves wait, and opt-outs hold on both sides. Those that the
 * winner keeps are said on their own timeline, since the event that said them may be the loser's again.
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
    if (person.id === loser) return
    for (const [key, { state: word, source }] of Object.entries(person.profile.consents)) {
      if (word !== 'withdrawn') continue
      const [channel, ...topic] = key.split(':')
      turn.batch.facts.push({
        shard: state.shard,
        profileId: person.id,
        id: `unmerged:${merge}:${person.id}:${key}`,
        name: eventNames.consentChanged,
        at: now,
        properties: {
          channel: channel!,
          ...(topic.length > 0 && { topic: topic.join(':') }),
          state: word,
          source: `${source === undefined ? '' : `${source}, `}kept when a merge was undone`,
        },
      })
    }
  },
}
