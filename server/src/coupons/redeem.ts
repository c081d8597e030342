import { binary, withTransaction, type Pool } from '../platform/postgres/index.ts'
import { hashOf, type Sealing } from './seal.ts'

const MOST = 1_000

// No key, since what is said twice is the same twice: a row is found by its place, which the lock holds.
const TAKE = `
delete from coupon_uses where ctid = any(array(select ctid from coupon_uses limit $1::int for update skip locked))
returning code, at`

// A code that is in two pools was redeemed in both, if both have given it; the earliest order is the one that counts.
const MARK = `
update coupon_codes c set redeemed_at = u.at
from (select hash, min(at) as at from unnest($1::bytea[], $2::bigint[]) as u (hash, at) group by hash) u
where c.hash = u.hash and (c.redeemed_at is null or c.redeemed_at > u.at)`

/** Looks codes that orders carried up among those of pools, and marks them. @returns whether there may be more */
export async function redeemCodes(pool: Pool, secrets: Pick<Sealing, 'hmac'>): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    const { rows } = await client.query<{ code: string; at: number }>(TAKE, [MOST])
    if (rows.length === 0) return false
    await client.query(MARK, [binary.byteaArray(rows.map(({ code }) => hashOf(secrets, code))), binary.int8Array(rows.map(({ at }) => at))])
    return rows.length === MOST
  })
}
