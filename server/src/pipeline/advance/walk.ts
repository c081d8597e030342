import { adoptLeaves } from '@throughline/engine'
import { everybody, type Walk } from '../fill/walks.ts'
import type { ShardState } from '../shard-state.ts'
import { profileOf } from './person.ts'
import type { Turn } from './turn.ts'

/**
 * People whom the fill has come to take in what history knows of them, and are decided. Whoever was moved while their history was
 * being read, and did nothing of what is asked for, is decided as well. From here on the leaves are not pending for anybody up to
 * the last one. Killed before the commit, it begins again behind the last who was committed.
 * @param barrier the instant below which all live entries of the shard have been taken, epoch ms
 */
export function takeWalk(turn: Turn, { slice, fill, people, upTo }: Walk, barrier: number, parkOnly: boolean): void {
  const { state } = slice
  const move = turn.move(state)
  const now = Math.max(barrier, state.clock)
  const meanwhile = [...(state.touched ?? [])].filter((id) => id > fill.walkedTo && id <= upTo && !people.has(id))
  for (const id of [...people.keys(), ...meanwhile]) {
    const person = turn.people.get(id)
    if (!person.stored || person.mergedInto !== null) continue
    try {
      if (parkOnly) throw new Error('The database refused what followed from the history of this person.')
      turn.fireTimers(state, person, now)
      turn.keep(state, person, adoptLeaves(profileOf(person), people.get(id) ?? {}, turn.context(state, person, now), fill.leaves), 1)
      person.lastNow = now
    } catch (error) {
      turn.parkMoment(person, 'fill', now, error)
    }
    turn.batch.inputs.bulk++
    turn.batch.inputs.bulkWeight++
  }
  for (const id of state.touched ?? []) if (id <= upTo) state.touched!.delete(id)
  const isDone = upTo === everybody
  // By its publication: another one of the same turn may have taken leaves out of it.
  state.fills = state.fills.flatMap((one) => (one.epoch !== fill.epoch ? [one] : isDone ? [] : [{ ...one, walkedTo: upTo }]))
  state.clock = move.clock = now
  turn.batch.walked.push({ shard: state.shard, epoch: fill.epoch, to: upTo, isDone })
}

/** The same walk in the shard as it is held now; none when it is not, or was filled otherwise. */
export function withState({ slice, fill, ...walk }: Walk, held: ReadonlyMap<number, ShardState>): Walk[] {
  const state = held.get(slice.state.shard)
  const now = state?.fills.find(({ epoch }) => epoch === fill.epoch)
  return state === undefined || now?.walkedTo !== fill.walkedTo ? [] : [{ slice: { ...slice, state }, fill: now, ...walk }]
}
