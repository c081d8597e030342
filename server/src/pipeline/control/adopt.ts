import { z } from 'zod'
import { adoptLeaves, adoptProfile, type LeafStates, type ProfileState } from '@throughline/engine'
import { profileOf } from '../advance/person.ts'
import type { PersonControl } from './control.ts'
import { appendReconsider } from './reconsider.ts'

// States were written by the fill job of this program; their shape is the engine's and is trusted.
const schema = z.object({
  leaves: z.custom<LeafStates>((value) => typeof value === 'object' && value !== null).optional(),
  /** Leaves whose history has been handed out entirely: the shard may decide by them from here on. */
  last: z.array(z.string()).optional(),
  /** A person's whole state folded from history. */
  profile: z.custom<ProfileState>((value) => typeof value === 'object' && value !== null).optional(),
  /** The request that this is the answer to. */
  refold: z.string().optional(),
})

/** What was computed from history arrives: leaf states of one person, the end of a fill, or a person folded anew. */
export const adopt: PersonControl<z.infer<typeof schema>> = {
  about: 'person',
  parse: (properties) => schema.parse(properties),
  staysWithTombstone: ({ last }) => last !== undefined,
  take({ leaves, last, profile, refold }, { turn, state, now }, person) {
    if (last !== undefined) {
      const ended = last.filter((leaf) => state.pending.has(leaf))
      if (ended.length === 0) return
      state.pending = new Set([...state.pending].filter((leaf) => !ended.includes(leaf)))
      for (const leaf of ended) turn.batch.filled.push({ shard: state.shard, leaf })
      return appendReconsider(turn, state, { after: null, epoch: state.definitionsEpoch })
    }
    turn.fireTimers(state, person, now)
    if (leaves !== undefined) turn.keep(state, person, adoptLeaves(profileOf(person), leaves, turn.context(state, now)), 1)
    const awaited = profileOf(person).refold
    if (profile !== undefined && (awaited === undefined || awaited === refold))
      turn.keep(state, person, adoptProfile(profileOf(person), profile, turn.context(state, now)), 1)
    person.lastNow = now
  },
}
