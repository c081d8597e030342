import { randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import { binary, type Db } from '../platform/postgres/index.ts'
import { putStaffMails } from '../staff-mail/index.ts'

// No more codes are counted than it takes to know; who was told stays told until the pool is above its mark again.
const NOTE = `
with levels as (
  select p.id, p.alert_at is not null and (
    select count(*) from (
      select from coupon_codes c where c.pool_id = p.id and c.given_at is null and c.redeemed_at is null limit p.alert_at + 1) f) <= p.alert_at as is_low
  from coupon_pools p where p.id = any($1::text[])
)
update coupon_pools p set low_since = case when l.is_low then $2::bigint end
from levels l where l.id = p.id and l.is_low <> (p.low_since is not null)
returning p.id, p.name, p.alert_at, l.is_low,
  coalesce((select a.addresses from coupon_pool_alerts a where a.pool_id = p.id), '{}') as alert_to`

const TELL = `
insert into audit_log (id, at, actor_kind, actor_id, actor, action, subject, after, outcome, ip, request_id)
values ($1::uuid, $2::bigint, 'nobody', null, 'Throughline', 'A pool of coupon codes runs low', $3::text, $4::jsonb, 'done', '', $5::text)`

/**
 * Notes which of these pools run low and which do not any more, in the caller's transaction; the first time that one does stands in the
 * audit log, and whom the pool names is told by mail.
 * @param now epoch ms
 */
export async function noteLevels(db: Db, pools: readonly string[], now: number): Promise<void> {
  const { rows } = await db.query<{ id: string; name: string; alert_at: number; alert_to: string[]; is_low: boolean }>(NOTE, [
    binary.textArray([...pools]),
    now,
  ])
  for (const { id, name, alert_at: alertAt, alert_to: alertTo, is_low: isLow } of rows) {
    if (!isLow) continue
    await db.query(TELL, [v7(), now, id, JSON.stringify({ pool: name, alertAt }), randomUUID()])
    const occasion = randomUUID()
    await putStaffMails(
      db,
      alertTo.map((address) => ({
        id: `pool-${occasion}-${address}`,
        address,
        subject: alertAt === 0 ? `The codes of “${name}” are used up` : `“${name}” runs low: ${alertAt} codes or fewer are left`,
        body: 'Whoever comes to a step that takes a code of this pool gets none once it is empty. Add codes, or change the number at which you want to know.',
        link: `/coupons/${id}`,
        profileId: null,
      })),
      now,
    )
  }
}
