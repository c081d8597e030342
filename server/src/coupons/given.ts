import type { Db } from '../platform/postgres/index.ts'

/** A code that was given, as it is kept. */
export interface Given {
  readonly [column: string]: unknown
  readonly n: number
  readonly code: Buffer
  readonly profileId: string | null
  readonly journey: string
  readonly givenAt: number
  readonly redeemedAt: number | null
}

const PAGE = `
select n, code, profile_id as "profileId", journey_id as journey, given_at as "givenAt", redeemed_at as "redeemedAt"
from coupon_codes where pool_id = $1::text and given_at is not null and ($2::bigint is null or (given_at, n) < ($2::bigint, $3::bigint))
order by given_at desc, n desc limit $4::int`

/** Codes of a pool that were given, the latest first, behind a place in that order. */
export async function readGiven(
  db: Db,
  pool: string,
  behind: readonly [givenAt: number, n: number] | null,
  most: number,
): Promise<readonly Given[]> {
  return (await db.query<Given>(PAGE, [pool, behind?.[0] ?? null, behind?.[1] ?? null, most])).rows
}

/** The last letters of a code, no more than a third of it. */
export function maskCode(code: string): string {
  return `…${code.slice(code.length - Math.min(4, Math.floor(code.length / 3)))}`
}
