import { binary, type Db } from '../platform/postgres/index.ts'

const COUNT = `
select p.id, coalesce(c.free, 0) as free
from coupon_pools p left join coupon_pool_counts c on c.pool_id = p.id where p.id = any($1::text[]) and p.deleted_at is null`

/** How many codes are left in pools, by their ids; pools that are not there are left out. */
export async function countFree(db: Db, pools: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (pools.length === 0) return new Map()
  const { rows } = await db.query<{ id: string; free: number }>(COUNT, [binary.textArray([...pools])])
  return new Map(rows.map(({ id, free }) => [id, free]))
}
