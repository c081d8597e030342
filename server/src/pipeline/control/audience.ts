import { z } from 'zod'
import { enterAudience } from '@throughline/engine'
import { profileOf } from '../advance/person.ts'
import type { Turn } from '../advance/turn.ts'
import { readPeopleAfter } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import type { ShardControl } from './control.ts'

const schema = z.object({
  journey: z.string(),
  version: z.number().int(),
  key: z.string(),
  slot: z.number().int(),
  after: z.uuid().nullable(),
})
type Call = z.infer<typeof schema>
const FIRST = '00000000-0000-0000-0000-000000000000'
/** People a turn. A turn that is long holds live events back. */
const SLICE = 50

/**
 * An audience comes into a journey, a slice of the shard's people at a time: the entry takes the next people behind `after`, and puts its own
 * continuation at the end of the bulk lane in the same transaction, so that nobody is let in twice and none is passed over.
 */
export const audience: ShardControl<Call> = {
  about: 'shard',
  parse: (properties) => schema.parse(properties),
  async prepare({ after }, _row, state, { db }) {
    return { people: await readPeopleAfter(db, state.shard, after ?? FIRST, SLICE) }
  },
  take(call, { turn, state, now, prepared }) {
    const people = prepared?.people ?? []
    for (const id of people) {
      const person = turn.people.get(id)
      if (person.mergedInto !== null) continue
      turn.fireTimers(state, person, now)
      turn.keep(state, person, enterAudience(profileOf(person), call, turn.context(state, person, now)), 1)
      person.lastNow = now
    }
    if (people.length === SLICE) appendAudience(turn, state, { ...call, after: people.at(-1)! })
  },
}

function appendAudience(turn: Turn, state: ShardState, call: Call): void {
  turn.append({
    shard: state.shard,
    lane: 1,
    profileId: FIRST,
    eventId: `throughline:audience:${call.journey}:${call.key}:${call.slot}:${state.shard}:${call.after ?? ''}`,
    source: 'throughline',
    type: 'control',
    name: 'audience',
    occurredAt: null,
    properties: JSON.stringify(call),
    context: '{}',
    triggers: false,
    forwarded: false,
  })
}
