import { randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import { binary, withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'
import { putStaffMails } from '../staff-mail/index.ts'
import { countCodes } from './counts.ts'
import { noteLevels } from './levels.ts'
import type { Sealing } from './seal.ts'

/** Codes that one pass tries to open for a pool; what is missing then waits for the next. */
const MOST_TRIED = 1_000

const FREE = `
select n, code from coupon_codes where pool_id = $1::text and given_at is null and redeemed_at is null and n > $3::bigint
order by n limit $2::int for update skip locked`

const ASIDE = `
with gone as (delete from coupon_codes where pool_id = $1::text and n = any($2::bigint[]) returning pool_id, n, hash, code)
insert into coupon_codes_aside (pool_id, n, hash, code, since) select pool_id, n, hash, code, $3::bigint from gone`

const TELL = `
insert into audit_log (id, at, actor_kind, actor_id, actor, action, subject, after, outcome, ip, request_id)
values ($1::uuid, $2::bigint, 'nobody', null, 'Throughline', 'Coupon codes could not be opened', $3::text, $4::jsonb, 'failed', '', $5::text)`

const FIRST = `
select p.name, coalesce(a.addresses, '{}') as alert_to, coalesce(c.unreadable, 0) as before
from coupon_pools p left join coupon_pool_alerts a on a.pool_id = p.id left join coupon_pool_counts c on c.pool_id = p.id where p.id = $1::text`

/** What a sealed code says, or null when it does not open: it was damaged, or sealed under another secret key. */
export function openCode(secrets: Pick<Sealing, 'decrypt'>, sealed: Buffer): string | null {
  try {
    return secrets.decrypt(sealed)
  } catch {
    return null
  }
}

/** Codes of a pool that can be given, locked by the caller's transaction. */
export interface Opened {
  readonly codes: readonly { readonly n: number; readonly sealed: Buffer }[]
  /** Codes that do not open were in the way, and others may stand behind them. */
  readonly isCutShort: boolean
}

/**
 * Takes codes out of a pool that nobody was given. Those that do not open are put aside alone, told in the audit log, and by mail the first
 * time that one of the pool does not.
 * @param now epoch ms
 */
export async function takeFree(db: Db, secrets: Pick<Sealing, 'decrypt'>, pool: string, most: number, now: number): Promise<Opened> {
  const codes: { n: number; sealed: Buffer }[] = []
  const bad: number[] = []
  let behind = 0
  let isCutShort = false
  while (codes.length < most) {
    isCutShort = codes.length + bad.length >= Math.max(MOST_TRIED, most)
    if (isCutShort) break
    // Where some do not open, the next will hardly be the last of them.
    const asked = Math.min(MOST_TRIED, most - codes.length + bad.length)
    const { rows } = await db.query<{ n: number; code: Buffer }>(FREE, [pool, asked, behind])
    for (const { n, code } of rows) {
      if (openCode(secrets, code) === null) bad.push(n)
      else codes.push({ n, sealed: code })
    }
    behind = rows.at(-1)?.n ?? behind
    if (rows.length < asked) break
  }
  if (bad.length > 0) await putAside(db, pool, bad, now)
  return { codes: codes.slice(0, most), isCutShort }
}

async function putAside(db: Db, pool: string, bad: readonly number[], now: number): Promise<void> {
  const { rows } = await db.query<{ name: string; alert_to: string[]; before: number }>(FIRST, [pool])
  await db.query(ASIDE, [pool, binary.int8Array([...bad]), now])
  await countCodes(db, [{ pool, free: -bad.length, unreadable: bad.length }])
  const { name, alert_to: alertTo, before } = rows[0]!
  await db.query(TELL, [v7(), now, pool, JSON.stringify({ pool: name, codes: bad.length }), randomUUID()])
  if (before > 0) return
  const occasion = randomUUID()
  await putStaffMails(
    db,
    alertTo.map((address) => ({
      id: `pool-unreadable-${occasion}-${address}`,
      address,
      subject: `Codes of “${name}” cannot be opened`,
      body: 'They were damaged, or sealed under another secret key, and are put aside: nobody is given them, and the others go out as before. Add them to the pool again, or let whoever runs the server bring back the key.',
      link: `/coupons/${pool}`,
      profileId: null,
    })),
    now,
  )
}

// As whoever gives out of the pool does, before anything of it is changed.
const LOCK = 'select from coupon_pools where id = $1::text for no key update'
const WAITING = 'select distinct pool_id as pool from coupon_codes_aside order by pool_id'
const TAKE = `
select n, code from coupon_codes_aside where pool_id = $1::text and n > $2::bigint order by n limit ${MOST_TRIED} for update skip locked`
// One that was added anew meanwhile stands in the pool already.
const BACK = `
with gone as (delete from coupon_codes_aside where pool_id = $1::text and n = any($2::bigint[]) returning pool_id, hash, code),
put as (insert into coupon_codes (pool_id, hash, code) select pool_id, hash, code from gone on conflict (hash, pool_id) do nothing returning n)
select count(*) as n from put`

/**
 * Puts back the codes that open again, since the secret key is the right one now. Of each pool only so many are read as it takes to see that
 * none does.
 * @returns how many can be given again
 */
export async function tryAside(pool: Pool, secrets: Pick<Sealing, 'decrypt'>): Promise<number> {
  let back = 0
  const { rows: pools } = await pool.query<{ pool: string }>(WAITING)
  for (const { pool: id } of pools) {
    for (let behind: number | null = 0; behind !== null;) {
      const from: number = behind
      behind = await withTransaction(pool, async (client) => {
        await client.query(LOCK, [id])
        const { rows } = await client.query<{ n: number; code: Buffer }>(TAKE, [id, from])
        const good = rows.filter(({ code }) => openCode(secrets, code) !== null).map(({ n }) => n)
        if (good.length === 0) return null
        const { rows: put } = await client.query<{ n: number }>(BACK, [id, binary.int8Array(good)])
        await countCodes(client, [{ pool: id, free: put[0]!.n, unreadable: -good.length }])
        await noteLevels(client, [id], Date.now())
        back += put[0]!.n
        return rows.at(-1)!.n
      })
    }
  }
  return back
}
