import { z } from 'zod'
import { emptyProfile, pendingOf, retireProfile, type ProfileState } from '@throughline/engine'
import { shardOf } from '@throughline/contracts'
import { profileOf } from '../advance/person.ts'
import { pendingFor } from '../shard-state.ts'
import type { PersonControl } from './control.ts'

const schema = z.object({ merge: z.string().min(1), winner: z.uuid() })

/**
 * The profile was merged into another: it becomes a tombstone, and all that is known of it goes to the winner as an entry
 * of the winner's live lane, since only that shard's lease holder may write it.
 */
export const mergeOut: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  staysWithTombstone: () => true,
  take({ merge, winner }, { turn, state, row, now }, person) {
    if (person.mergedInto !== null || winner === person.id) return
    turn.fireTimers(state, person, now)
    const profile = profileOf(person)
    turn.write(person, retireProfile(profile), 0)
    turn.append({
      shard: shardOf(winner),
      lane: 0,
      profileId: winner,
      eventId: `throughline:merged-in:${merge}`,
      source: 'throughline',
      type: 'control',
      name: 'merged-in',
      occurredAt: null,
      properties: JSON.stringify({ merge, loser: person.id, state: withPending(profile, pendingFor(state, person.id)) }),
      context: '{}',
      triggers: false,
      forwarded: false,
    })
    person.profile = emptyProfile(person.id, person.createdAt)
    person.mergedInto = winner
    person.mergedAt = row.received_at
    turn.setTimer(state, person, null)
    turn.batch.cancels.set(person.id, person)
    turn.touch(person)
  },
}

// What was pending for the whole shard is pending for this person wherever they go.
function withPending(profile: ProfileState, pending: ReadonlySet<string>): ProfileState {
  return pending.size === 0 ? profile : { ...profile, pending: pendingOf([...new Set([...(profile.pending ?? []), ...pending])]) }
}
