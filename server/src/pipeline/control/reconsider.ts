import { z } from 'zod'
import { adoptLeaves, leavesOf, rankAnew, type CompiledDefinitions } from '@throughline/engine'
import { profileOf } from '../advance/person.ts'
import type { Turn } from '../advance/turn.ts'
import { readPeopleAfter } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import type { ShardControl } from './control.ts'
import { grown, markOf, narrow, SLICE, sizeSchema, tryPerson } from './slice.ts'

const schema = z.object({ after: z.uuid().nullable(), epoch: z.number().int(), rankedAt: z.number().int().optional(), size: sizeSchema })
type Look = z.infer<typeof schema>
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * Everybody of the shard is looked at again, a slice at a time: the entry takes the next people behind `after` and puts
 * its own continuation at the end of the bulk lane. A later publication makes it end, because that brings its own. With `rankedAt`
 * it is about what depends on everybody: what changes by that did so at this instant, and starts journeys. The two do not end
 * each other, so that whoever is to be filled has been before they are ranked.
 */
export const reconsider: ShardControl<Look> = {
  about: 'shard',
  parse: (properties) => schema.parse(properties),
  async prepare({ after, size }, _row, state, { db }) {
    return { people: await readPeopleAfter(db, state.shard, after ?? FIRST, size) }
  },
  take(look, control) {
    const { turn, state, now, prepared } = control
    const people = prepared?.people ?? []
    if (look.epoch < lastEpoch(turn.definitions(state.definitionsEpoch), look)) return
    const { epoch, rankedAt } = look
    for (const id of people) {
      const person = turn.people.get(id)
      if (person.mergedInto !== null) continue
      tryPerson(control, person, () => {
        turn.fireTimers(state, person, now)
        const ctx = turn.context(state, person, now)
        const { ranks } = ctx.definitions
        const rank = (at: number, upTo: number): void => turn.keep(state, person, rankAnew(profileOf(person), { at, epoch: upTo }, ctx), 1)
        if (rankedAt !== undefined) rank(rankedAt, epoch)
        else {
          // Where everybody stands came into force while this look went round: what was there before it is ranked, not filled.
          if (ranks !== null && ranks.rankedAt !== null && ranks.epoch > epoch) rank(ranks.rankedAt, epoch - 1)
          turn.keep(state, person, adoptLeaves(profileOf(person), {}, ctx), 1)
        }
        person.lastNow = now
      })
    }
    if (people.length === look.size) appendReconsider(turn, state, { ...look, after: people.at(-1)!, size: grown(look.size) })
  },
  refused(look, control) {
    narrow(control, look.size, control.prepared?.people?.[0] ?? null, (size, behind) =>
      appendReconsider(control.turn, control.state, { ...look, after: behind ?? look.after, size }),
    )
  },
}

/** The epoch of the latest publication that surely brought a look of this sort. */
function lastEpoch(definitions: CompiledDefinitions, { rankedAt }: Look): number {
  if (rankedAt !== undefined) return definitions.ranks?.epoch ?? 0
  const known = lastLooks.get(definitions) ?? findLastLook(definitions)
  lastLooks.set(definitions, known)
  return known
}

const lastLooks = new WeakMap<CompiledDefinitions, number>()

// One of nothing but segments that ask about behaviour may have been left to a fill: then there is no look but the one before.
function findLastLook({ published, context }: CompiledDefinitions): number {
  const looks = published.filter(
    ({ definition }) =>
      definition.kind !== 'segment' || definition.archived !== undefined || leavesOf(definition.where, context).length === 0,
  )
  return looks.reduce((last, { epoch }) => Math.max(last, epoch), 0)
}

/** Puts an entry at the end of the shard's bulk lane that looks at everybody behind this person again. */
export function appendReconsider(turn: Turn, state: ShardState, look: z.input<typeof schema>): void {
  turn.append({
    shard: state.shard,
    lane: 1,
    profileId: FIRST,
    eventId: `throughline:reconsider:${state.shard}:${look.epoch}:${look.after ?? ''}${markOf(look.size ?? SLICE)}`,
    source: 'throughline',
    type: 'control',
    name: 'reconsider',
    occurredAt: null,
    properties: JSON.stringify(look),
    context: '{}',
    triggers: false,
    forwarded: false,
  })
}
