import { binary, type Db } from '../platform/postgres/index.ts'

/** How many codes of a pool stand how from now on; below zero: fewer than before. */
export interface Change {
  readonly pool: string
  readonly free?: number
  readonly given?: number
  readonly redeemed?: number
  readonly unreadable?: number
}

// In the order of the pools, so that two who change the same ones do not wait for each other.
const COUNT = `
insert into coupon_pool_counts as c (pool_id, free, given, redeemed, unreadable)
select pool, sum(free), sum(given), sum(redeemed), sum(unreadable)
from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as k (pool, free, given, redeemed, unreadable)
group by pool order by pool
on conflict (pool_id) do update set free = c.free + excluded.free, given = c.given + excluded.given, redeemed = c.redeemed + excluded.redeemed,
  unreadable = c.unreadable + excluded.unreadable`

/** Keeps count of codes, in the transaction that changes them. */
export async function countCodes(db: Db, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  const figures = (pick: (change: Change) => number | undefined): Buffer => binary.int8Array(changes.map((change) => pick(change) ?? 0))
  await db.query(COUNT, [
    binary.textArray(changes.map(({ pool }) => pool)),
    figures(({ free }) => free),
    figures(({ given }) => given),
    figures(({ redeemed }) => redeemed),
    figures(({ unreadable }) => unreadable),
  ])
}
