import type { Db } from '../platform/postgres/index.ts'

/** Publications of which a leaf is still being computed from history in some shard, or which some shard has not come to yet. */
export async function fillingEpochs(db: Db): Promise<Set<number>> {
  const { rows } = await db.query<{ epoch: number }>(
    `select distinct epoch from leaf_fills where status <> 'done'
     union select distinct d.epoch from definitions d where d.epoch > (select min(definitions_epoch) from shards)`,
  )
  return new Set(rows.map(({ epoch }) => epoch))
}
