import { z } from 'zod'
import { enterAudience } from '@throughline/engine'
import { profileOf } from '../advance/person.ts'
import type { Turn } from '../advance/turn.ts'
import { readPeopleAfter } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import type { ShardControl } from './control.ts'
import { grown, markOf, narrow, sizeSchema, tryPerson } from './slice.ts'

const schema = z.object({
  journey: z.string(),
  version: z.number().int(),
  key: z.string(),
  slot: z.number().int(),
  after: z.uuid().nullable(),
  size: sizeSchema,
})
type Call = z.infer<typeof schema>
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * An audience comes into a journey, a slice of the shard's people at a time: the entry takes the next people behind `after`, and puts its own
 * continuation at the end of the bulk lane in the same transaction, so that nobody is let in twice and none is passed over.
 */
export const audience: ShardControl<Call> = {
  about: 'shard',
  parse: (properties) => schema.parse(properties),
  async prepare({ after, size }, _row, state, { db }) {
    return { people: await readPeopleAfter(db, state.shard, after ?? FIRST, size) }
  },
  take(call, control) {
    const { turn, state, now, prepared } = control
    const people = prepared?.people ?? []
    for (const id of people) {
      const person = turn.people.get(id)
      if (person.mergedInto !== null) continue
      tryPerson(control, person, () => {
        turn.fireTimers(state, person, now)
        turn.keep(state, person, enterAudience(profileOf(person), call, turn.context(state, person, now)), 1)
        person.lastNow = now
      })
    }
    if (people.length === call.size) appendAudience(turn, state, { ...call, after: people.at(-1)!, size: grown(call.size) })
  },
  refused(call, control) {
    narrow(control, call.size, control.prepared?.people?.[0] ?? null, (size, behind) =>
      appendAudience(control.turn, control.state, { ...call, after: behind ?? call.after, size }),
    )
  },
}

function appendAudience(turn: Turn, state: ShardState, call: Call): void {
  turn.append({
    shard: state.shard,
    lane: 1,
    profileId: FIRST,
    eventId: `throughline:audience:${call.journey}:${call.key}:${call.slot}:${state.shard}:${call.after ?? ''}${markOf(call.size)}`,
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
