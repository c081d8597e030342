import { z } from 'zod'
import type { PublishedDefinition } from '@throughline/contracts'
import { leavesOf, type CompiledDefinitions } from '@throughline/engine'
import { nobodyYet } from '../shard-state.ts'
import type { ShardControl } from './control.ts'
import { appendReconsider } from './reconsider.ts'

const schema = z.object({
  epoch: z.number().int().min(0),
  /** Nothing was published but what depends on everybody, which is in force since this instant. */
  rankedAt: z.number().int().optional(),
  /** Nothing is new but figures of everybody that steps go by: nobody is decided anew. */
  figures: z.literal(true).optional(),
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
  take({ epoch, rankedAt, figures }, { turn, state, row }) {
    if (epoch <= state.definitionsEpoch) return
    const before = turn.definitions(state.definitionsEpoch)
    const after = turn.definitions(epoch)
    // The first entry that the shard ever got: there is no history to wait for.
    const isFresh = row.seq === 1 && state.bulkSeq === 0
    const leaves = isFresh ? new Set<string>() : new Set([...after.leaves.keys()].filter((leaf) => !before.leaves.has(leaf)))
    for (const leaf of leaves) turn.batch.fills.push({ shard: state.shard, leaf, epoch })
    // One that was asked for before, let go of and asked for again while it was being filled begins anew.
    const others = state.fills.map((fill) => ({ ...fill, leaves: new Set([...fill.leaves].filter((leaf) => !leaves.has(leaf))) }))
    if (leaves.size > 0) state.fills = [...others.filter((fill) => fill.leaves.size > 0), { epoch, leaves, walkedTo: nobodyYet }]
    const settled = figures === true || (rankedAt === undefined && isDecidedByFill(after, state.definitionsEpoch, leaves))
    state.definitionsEpoch = epoch
    turn.move(state).definitionsEpoch = epoch
    if (!settled) appendReconsider(turn, state, { after: null, epoch, rankedAt })
  },
}

/** Whether all that was published since an epoch is segments that wait for these leaves: then the fill decides everybody. */
function isDecidedByFill({ published, context, standings }: CompiledDefinitions, since: number, leaves: ReadonlySet<string>): boolean {
  // Whoever is in a journey that stands otherwise since then leaves it or goes on.
  if ([...standings.values()].some(({ epoch }) => epoch > since)) return false
  const news = published.filter(({ epoch }) => epoch > since)
  const waits = ({ definition }: PublishedDefinition): boolean =>
    definition.kind === 'segment' &&
    definition.archived === undefined &&
    leavesOf(definition.where, context).some(({ key }) => leaves.has(key))
  return news.length > 0 && news.every(waits)
}
