import { binary, withTransaction, type Pool } from '../platform/postgres/index.ts'
import { countCodes } from './counts.ts'
import { noteLevelsOf } from './levels.ts'
import { hashOf, type Sealing } from './seal.ts'

const MOST = 1_000

// No key, since what is said twice is the same twice: a row is found by its place, which the lock holds.
const TAKE = `
delete from coupon_uses where ctid = any(array(select ctid from coupon_uses limit $1::int for update skip locked))
returning code, at`

// A code that is in two pools was redeemed in both, if both have given it; the earliest order is the one that counts.
const MARK = `
with found as (
  select c.pool_id, c.n, u.at, c.redeemed_at is null as is_new, c.given_at is null and c.redeemed_at is null as was_free
  from (select hash, min(at) as at from unnest($1::bytea[], $2::bigint[]) as u (hash, at) group by hash) u join coupon_codes c on c.hash = u.hash
  where c.redeemed_at is null or c.redeemed_at > u.at order by c.pool_id, c.n for update of c
), marked as (update coupon_codes c set redeemed_at = f.at from found f where c.pool_id = f.pool_id and c.n = f.n)
select pool_id as pool, count(*) filter (where is_new) as redeemed, count(*) filter (where was_free) as taken from found group by pool_id`

/** Looks codes that orders carried up among those of pools, and marks them. @returns whether there may be more */
export async function redeemCodes(pool: Pool, secrets: Pick<Sealing, 'hmac'>): Promise<boolean> {
  const { taken, isMore } = await withTransaction(pool, async (client) => {
    const { rows } = await client.query<{ code: string; at: number }>(TAKE, [MOST])
    if (rows.length === 0) return { taken: [], isMore: false }
    const { rows: marked } = await client.query<{ pool: string; redeemed: number; taken: number }>(MARK, [
      binary.byteaArray(rows.map(({ code }) => hashOf(secrets, code))),
      binary.int8Array(rows.map(({ at }) => at)),
    ])
    await countCodes(
      client,
      marked.map((one) => ({ pool: one.pool, redeemed: one.redeemed, free: -one.taken })),
    )
    return { taken: marked.flatMap((one) => (one.taken > 0 ? [one.pool] : [])), isMore: rows.length === MOST }
  })
  // Not above: whoever gives codes takes the pool before its count, and both would wait for each other.
  await noteLevelsOf(pool, taken, Date.now())
  return isMore
}
