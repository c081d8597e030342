import { shardOf } from '@throughline/contracts'
import { computedTraits, type AdvanceContext, type ComputedTrait, type DecisionSettings, type ProfileState } from '@throughline/engine'
import { binary, type Db } from '../platform/postgres/index.ts'
import { makeDefinitions } from './definitions.ts'

/** Reads the computed traits of profiles, by their ids. */
export type ReadComputed = (profiles: readonly ProfileState[]) => Promise<ReadonlyMap<string, readonly ComputedTrait[]>>

/**
 * Reads what computed traits say of profiles at this moment, by the definitions that the shard of each has taken: the same that
 * the next event of the person would be decided by.
 */
export function makeReadComputed(db: Db, loadSettings: () => Promise<DecisionSettings>): ReadComputed {
  const definitions = makeDefinitions(loadSettings)
  return async (profiles) => {
    const { rows } = await db.query<{ shard: number; epoch: number; fills: { leaf: string; walked_to: string }[] }>(
      `select s.shard, s.definitions_epoch as epoch,
         (select coalesce(jsonb_agg(f), '[]'::jsonb) from leaf_fills f where f.shard = s.shard and f.status <> 'done') as fills
       from shards s where s.shard = any($1::smallint[]) order by s.definitions_epoch`,
      [binary.int2Array([...new Set(profiles.map(({ id }) => shardOf(id)))])],
    )
    const contexts = new Map<number, { definitions: AdvanceContext['definitions']; fills: (typeof rows)[number]['fills'] }>()
    // One after the other: each epoch is compiled once, and taken before others push it out.
    for (const { shard, epoch, fills } of rows) {
      await definitions.load(db, epoch)
      contexts.set(shard, { definitions: definitions.get(epoch), fills })
    }
    const now = Date.now()
    return new Map(
      profiles.map((profile) => {
        const context = contexts.get(shardOf(profile.id))
        if (context === undefined) return [profile.id, []]
        const pending = new Set(context.fills.filter(({ walked_to: walkedTo }) => profile.id > walkedTo).map(({ leaf }) => leaf))
        return [profile.id, computedTraits(profile, { definitions: context.definitions, pending, now })]
      }),
    )
  }
}
