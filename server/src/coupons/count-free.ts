import { binary, type Db } from '../platform/postgres/index.ts'

const COUNT = `
select p.id, count(c.n) as free
from coupon_pools p left join coupon_codes c on c.pool_id = p.id and c.given_at is null and c.redeemed_at is null
where p.id = any($1::text[]) and p.deleted_at is null group by p.id`

/** How many codes are left in pools, by their ids; pools that are not there are left out. */
export async function countFree(db: Db, pools: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (pools.length === 0) return new Map()
  const { rows } = await db.query<{ id: string; free: number }>(COUNT, [binary.textArray([...pools])])
  return new Map(rows.map(({ id, free }) => [id, free]))
}
