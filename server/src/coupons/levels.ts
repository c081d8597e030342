import { randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import { binary, withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'
import { dropStaffMails, putStaffMails } from '../staff-mail/index.ts'

/** How long somebody who made a pool has to add codes before the others are told that there are none, ms. */
export const FIRST_CODES_MS = 600_000

// Who was told stays told until the pool is above its mark again.
const NOTE = `
with levels as (
  select p.id, coalesce(c.free, 0) <= coalesce(p.alert_at, 0) as is_low,
    coalesce(c.free + c.given + c.redeemed + c.unreadable, 0) = 0 as is_bare
  from coupon_pools p left join coupon_pool_counts c on c.pool_id = p.id where p.id = any($1::text[])
)
update coupon_pools p set low_since = case when l.is_low then $2::bigint end
from levels l where l.id = p.id and l.is_low <> (p.low_since is not null)
returning p.id, p.name, p.alert_at, l.is_low, l.is_bare,
  coalesce((select a.addresses from coupon_pool_alerts a where a.pool_id = p.id), '{}') as alert_to`

const LOCK = 'select from coupon_pools where id = any($1::text[]) order by id for no key update'

const TELL = `
insert into audit_log (id, at, actor_kind, actor_id, actor, action, subject, after, outcome, ip, request_id)
values ($1::uuid, $2::bigint, 'nobody', null, 'Throughline', 'A pool of coupon codes runs low', $3::text, $4::jsonb, 'done', '', $5::text)`

/**
 * Notes which of these pools run low and which do not any more, in the caller's transaction; the first time that one does stands in the
 * audit log, and whom the pool names is told by mail.
 * A pool that names no number runs low when it is empty. A mail that has not gone out is not sent any more once there are enough codes again.
 * @param now epoch ms
 * @param mailAt from when on the mails may go out, epoch ms
 */
export async function noteLevels(db: Db, pools: readonly string[], now: number, mailAt: number = now): Promise<void> {
  const { rows } = await db.query<Noted>(NOTE, [binary.textArray([...pools]), now])
  for (const { id, name, alert_at: alertAt, alert_to: alertTo, is_low: isLow, is_bare: isBare } of rows) {
    if (!isLow) {
      await dropStaffMails(db, kindOfMail(id))
      continue
    }
    await db.query(TELL, [v7(), now, id, JSON.stringify({ pool: name, alertAt }), randomUUID()])
    const occasion = randomUUID()
    await putStaffMails(
      db,
      alertTo.map((address) => ({
        id: `${kindOfMail(id)}${occasion}-${address}`,
        address,
        subject: isBare
          ? `“${name}” has no codes yet`
          : (alertAt ?? 0) === 0
            ? `The codes of “${name}” are used up`
            : `“${name}” runs low: ${alertAt} codes or fewer are left`,
        body: 'Whoever comes to a step that takes a code of this pool gets none once it is empty. Add codes, or change the number at which you want to know.',
        link: `/coupons/${id}`,
        profileId: null,
      })),
      mailAt,
    )
  }
}

/**
 * The same in a transaction of its own, after codes were counted by whoever does not hold their pools: the count that is read is not older
 * than one that another has noted meanwhile.
 * @param now epoch ms
 */
export async function noteLevelsOf(pool: Pool, pools: readonly string[], now: number): Promise<void> {
  if (pools.length === 0) return
  await withTransaction(pool, async (client) => {
    await client.query(LOCK, [binary.textArray([...pools])])
    await noteLevels(client, pools, now)
  })
}

interface Noted {
  readonly [column: string]: unknown
  readonly id: string
  readonly name: string
  readonly alert_at: number | null
  readonly alert_to: string[]
  readonly is_low: boolean
  readonly is_bare: boolean
}

const kindOfMail = (pool: string): string => `pool-low-${pool}-`
