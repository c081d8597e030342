import { randomUUID } from 'node:crypto'
import { binary, withTransaction, type Pool } from '../platform/postgres/index.ts'

/** Mails of one thing each that an address gets in an hour; what comes beyond is put together. */
const SINGLES_AN_HOUR = 20
const HOUR_MS = 3_600_000
/** How long what is put together is gathered before it goes out, ms. */
const GATHER_MS = 60_000
/** Addresses that are looked at in one go. */
const AT_ONCE = 200

const LOCK = `select pg_try_advisory_xact_lock(hashtext('throughline staff mails')) as mine`
const WAITING = `
select address, count(*) as n, min(created_at) as oldest from staff_mails where mail_id is null and sent_at is null and created_at <= $1::bigint
group by address order by min(created_at) limit ${AT_ONCE}`
const PLANNED = `
select address, count(*) filter (where not is_digest) as singles, count(*) filter (where is_digest) > 0 as digest
from staff_mails where address = any($1::text[]) and mail_id is not null and planned_at > $2::bigint group by address`
const SINGLES = `
update staff_mails set mail_id = id, planned_at = $2::bigint, due_at = $2::bigint where address = any($1::text[]) and mail_id is null and created_at <= $2::bigint`
const DIGEST = `update staff_mails set mail_id = $2::text, is_digest = true, planned_at = $3::bigint where address = $1::text and mail_id is null and created_at <= $3::bigint`
// One of them is sent for all.
const HEAD = `update staff_mails set due_at = $2::bigint where id = (select min(id) from staff_mails where mail_id = $1::text)`

/**
 * Decides in which mail what waits goes out: a mail of its own, up to {@link SINGLES_AN_HOUR} an hour for each address; beyond that, one
 * mail an hour with all that waits. One process at a time decides.
 * @param now epoch ms
 */
export async function planMails(pool: Pool, now: number): Promise<void> {
  await withTransaction(pool, async (client) => {
    const { rows: lock } = await client.query<{ mine: boolean }>(LOCK)
    if (lock[0]?.mine !== true) return
    const { rows: waiting } = await client.query<{ address: string; n: number; oldest: number }>(WAITING, [now])
    if (waiting.length === 0) return
    const { rows } = await client.query<{ address: string; singles: number; digest: boolean }>(PLANNED, [
      binary.textArray(waiting.map(({ address }) => address)),
      now - HOUR_MS,
    ])
    const planned = new Map(rows.map((row) => [row.address, row]))
    const singles: string[] = []
    for (const { address, n, oldest } of waiting) {
      const before = planned.get(address)
      if (n <= SINGLES_AN_HOUR - (before?.singles ?? 0)) singles.push(address)
      else if (before?.digest !== true && oldest <= now - GATHER_MS) {
        const id = `digest-${randomUUID()}`
        await client.query(DIGEST, [address, id, now])
        await client.query(HEAD, [id, now])
      }
    }
    if (singles.length > 0) await client.query(SINGLES, [binary.textArray(singles), now])
  })
}
