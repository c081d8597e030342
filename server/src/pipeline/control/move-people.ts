import { z } from 'zod'
import { shardOf } from '@throughline/contracts'
import { moveRun } from '@throughline/engine'
import { forgotten, profileOf, type Person } from '../advance/person.ts'
import type { Turn } from '../advance/turn.ts'
import { readMoveRuns } from '../read.ts'
import type { ShardState } from '../shard-state.ts'
import type { ControlCall, PersonControl, ShardControl } from './control.ts'
import { grown, markOf, narrow, sizeSchema, tryPerson } from './slice.ts'

const place = z.object({ version: z.number().int(), step: z.string() })
const orderSchema = z.object({
  move: z.string(),
  /** The definitions that were in force when it was asked for. */
  epoch: z.number().int(),
  from: place,
  to: place.nullable(),
  by: z.string(),
})
type Order = z.infer<typeof orderSchema>
const sliceSchema = orderSchema.extend({ slice: z.number().int(), size: sizeSchema })
const personSchema = orderSchema.extend({ run: z.string() })

/**
 * People are taken to another step of a journey, or out of it, a slice of those in `journey_move_runs` at a time: in the same transaction their
 * rows go, and the entry's continuation comes to the end of the bulk lane, so that nobody is moved twice and none is passed over.
 */
export const movePeople: ShardControl<z.infer<typeof sliceSchema>> = {
  about: 'shard',
  parse: (properties) => sliceSchema.parse(properties),
  async prepare({ move, size }, _row, state, { db }) {
    const runs = await readMoveRuns(db, state.shard, move, size)
    return { runs, people: [...new Set(runs.map(({ profileId }) => profileId))] }
  },
  take(call, control) {
    const { turn, state, prepared } = control
    const runs = prepared?.runs ?? []
    const next = { ...call, slice: call.slice + 1 }
    // Where they go may be a version of which the shard has not heard so far.
    if (state.definitionsEpoch < call.epoch) return appendSlice(turn, state, next)
    for (const { profileId, run } of runs) {
      const person = turn.people.get(profileId)
      const winner = person.mergedInto === forgotten ? null : person.mergedInto
      if (winner !== null) sendAfter(turn, winner, { ...call, run })
      // Who is elsewhere now is counted there.
      const moved = winner === null ? tryRun(control, person, { ...call, run }) : null
      turn.batch.movedRuns.push({ shard: state.shard, move: call.move, profileId, run, moved })
    }
    if (runs.length === call.size) appendSlice(turn, state, { ...next, size: grown(call.size) })
  },
  refused(call, control) {
    const [first] = control.prepared?.runs ?? []
    narrow(control, call.size, first?.profileId ?? null, (size, behind) => {
      const { turn, state } = control
      if (first !== undefined && behind !== null) turn.batch.movedRuns.push({ shard: state.shard, move: call.move, ...first, moved: false })
      appendSlice(turn, state, { ...call, slice: call.slice + 1, size })
    })
  },
}

/** The same for the run of one person, who was merged into another meanwhile. */
export const movePerson: PersonControl<z.infer<typeof personSchema>> = {
  about: 'person',
  parse: (properties) => personSchema.parse(properties),
  take(order, { turn, state, now }, person) {
    const moved = takeRun(turn, state, person, order, now)
    turn.batch.movedRuns.push({ shard: state.shard, move: order.move, profileId: person.id, run: order.run, moved })
  },
}

/** The same, of somebody who is put aside alone when they cannot be taken. */
function tryRun(control: ControlCall, person: Person, order: Order & { readonly run: string }): boolean {
  let moved = false
  tryPerson(control, person, () => {
    moved = takeRun(control.turn, control.state, person, order, control.now)
  })
  return moved
}

/** Whether the run stood where it was to be taken from. */
function takeRun(turn: Turn, state: ShardState, person: Person, order: Order & { readonly run: string }, now: number): boolean {
  if (person.mergedInto !== null) return false
  turn.fireTimers(state, person, now)
  const { move: id, run, from, to, by } = order
  const result = moveRun(profileOf(person), { id, run, from, to, by }, turn.context(state, person, now))
  person.lastNow = now
  if (result === null) return false
  turn.keep(state, person, result, 1)
  return true
}

const common = {
  lane: 1,
  source: 'throughline',
  type: 'control',
  occurredAt: null,
  context: '{}',
  triggers: false,
  forwarded: false,
} as const

function appendSlice(turn: Turn, state: ShardState, call: z.infer<typeof sliceSchema>): void {
  turn.append({
    ...common,
    shard: state.shard,
    profileId: '00000000-0000-0000-0000-000000000000',
    eventId: `throughline:move-people:${call.move}:${state.shard}:${call.slice}${markOf(call.size)}`,
    name: 'move-people',
    properties: JSON.stringify(call),
  })
}

function sendAfter(turn: Turn, to: string, order: z.infer<typeof personSchema>): void {
  turn.append({
    ...common,
    shard: shardOf(to),
    profileId: to,
    eventId: `throughline:move-person:${order.move}:${order.run}`,
    name: 'move-person',
    properties: JSON.stringify(personSchema.parse(order)),
  })
}
