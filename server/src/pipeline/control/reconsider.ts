import { z } from 'zod'
import { adoptLeaves } from '@throughline/engine'
import { profileOf } from '../advance/person.ts'
import type { Turn } from '../advance/turn.ts'
import { readPeopleAfter } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import type { ShardControl } from './control.ts'

const schema = z.object({ after: z.uuid().nullable(), epoch: z.number().int() })
const FIRST = '00000000-0000-0000-0000-000000000000'
/** People a turn. A turn that is long holds live events back. */
const SLICE = 50

/**
 * Everybody of the shard is looked at again, a slice at a time: the entry takes the next people behind `after` and puts
 * its own continuation at the end of the bulk lane. A later publication makes it end, because that brings its own.
 */
export const reconsider: ShardControl<z.infer<typeof schema>> = {
  about: 'shard',
  parse: (properties) => schema.parse(properties),
  async prepare({ after, epoch }, _row, state, { db }) {
    if (epoch < state.definitionsEpoch) return { people: [] }
    return { people: await readPeopleAfter(db, state.shard, after ?? FIRST, SLICE) }
  },
  take({ epoch }, { turn, state, now, prepared }) {
    const people = prepared?.people ?? []
    if (epoch < state.definitionsEpoch) return
    for (const id of people) {
      const person = turn.people.get(id)
      if (person.mergedInto !== null) continue
      turn.fireTimers(state, person, now)
      turn.keep(state, person, adoptLeaves(profileOf(person), {}, turn.context(state, now)), 1)
      person.lastNow = now
    }
    if (people.length === SLICE) appendReconsider(turn, state, people.at(-1)!)
  },
}

/** Puts an entry at the end of the shard's bulk lane that looks at everybody behind this person again. */
export function appendReconsider(turn: Turn, state: ShardState, after: string | null): void {
  turn.append({
    shard: state.shard,
    lane: 1,
    profileId: FIRST,
    eventId: `throughline:reconsider:${state.shard}:${state.definitionsEpoch}:${after ?? ''}`,
    source: 'throughline',
    type: 'control',
    name: 'reconsider',
    occurredAt: null,
    properties: JSON.stringify({ after, epoch: state.definitionsEpoch }),
    context: '{}',
    triggers: false,
    forwarded: false,
  })
}
