import { z } from 'zod'
import type { ShardControl } from './control.ts'
import { appendReconsider } from './reconsider.ts'

const schema = z.object({
  epoch: z.number().int().min(0),
  /** Nothing was published but what depends on everybody, which is in force since this instant. */
  rankedAt: z.number().int().optional(),
})

/**
 * New definitions are in force in this shard from here on. A leaf that the shard has not kept so far waits for its history;
 * everybody is looked at again, since a condition may hold for people of whom nothing comes in.
 */
export const definitionsPublished: ShardControl<z.infer<typeof schema>> = {
  about: 'shard',
  parse: (properties) => schema.parse(properties),
  async prepare({ epoch }, _row, state, reader) {
    await reader.loadDefinitions(Math.max(epoch, state.definitionsEpoch))
    return {}
  },
  take({ epoch, rankedAt }, { turn, state, row }) {
    if (epoch <= state.definitionsEpoch) return
    const before = turn.definitions(state.definitionsEpoch)
    const after = turn.definitions(epoch)
    // The first entry that the shard ever got: there is no history to wait for.
    const isFresh = row.seq === 1 && state.bulkSeq === 0
    for (const [leaf, { eventNames }] of after.leaves) {
      if (isFresh || before.leaves.has(leaf)) continue
      turn.batch.fills.push({ shard: state.shard, leaf, epoch, liveSeq: row.seq, bulkSeq: state.bulkSeq, eventNames })
      state.pending = new Set(state.pending).add(leaf)
    }
    state.definitionsEpoch = epoch
    turn.move(state).definitionsEpoch = epoch
    appendReconsider(turn, state, { after: null, epoch, rankedAt })
  },
}
