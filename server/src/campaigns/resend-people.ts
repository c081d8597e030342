import { shardCount, usualGoal, type CampaignGoal, type ResendTo } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { readReached, type AskHistory } from './earnings.ts'
import type { Send } from './store.ts'

/** Messages looked at, and people marked, in one transaction. */
const AT_ONCE = 20_000

// Got it, and did not answer as a person; who clicked has seen it, whatever is known of opening. Found by when messages came about, as in the tally,
// which is before the send was over.
const SILENT = `
select distinct coalesce(p.merged_into, m.profile_id) as person
from messages m left join profiles p on p.shard = m.shard and p.id = m.profile_id
where m.created_at > $1::bigint and m.created_at <= $2::bigint and m.send_id = $3::text and m.sent_at is not null
  and m.status not in ('bounced', 'failed') and m.clicked_at is null and ($4::text = 'not-clicked' or m.opened_at is null)`

type Before = Pick<Send, 'id' | 'campaign' | 'number' | 'startedAt' | 'endedAt'>

/** How many got a send, which is over, and did not answer it. */
export async function countSilent(db: Db, { before, whom }: { readonly before: Before; readonly whom: ResendTo }): Promise<number> {
  const { from, to } = spanOf(before)
  const { rows } = await db.query<{ n: number }>(`select count(*) as n from (${SILENT}) s`, [from, to, before.id, whom])
  return rows[0]!.n
}

// Messages that came about at the same instant are looked at together.
const NEXT = `
select max(created_at) as "upTo" from (
  select created_at from messages where created_at > $1::bigint and created_at <= $2::bigint order by created_at limit $3::int) s`

const FILL = `
insert into campaign_people (shard, send_id, profile_id)
select get_byte(uuid_send(s.person), 15) & ${shardCount - 1}, $5::text, s.person from (${SILENT}) s
on conflict do nothing`

const EXCUSE = `
update campaign_people c set why = 'goal' from unnest($2::uuid[]) as r (person)
where c.shard = get_byte(uuid_send(r.person), 15) & ${shardCount - 1} and c.send_id = $1::text and c.profile_id = r.person`

/**
 * Writes down the next of those whom a resend is for, in the caller's transaction, and how far that has come; when all of them stand there, those who
 * did the goal since get that reason.
 * @returns whether it is whole; otherwise it goes on where it was
 * @throws Failure `history_unavailable` while it cannot be asked who did
 */
export async function fillResend(
  db: Db,
  ask: AskHistory,
  {
    send,
    before,
    whom,
    goal,
  }: {
    readonly send: Pick<Send, 'id' | 'exceptGoal' | 'filledTo' | 'reachedTo'>
    readonly before: Before
    readonly whom: ResendTo
    readonly goal: CampaignGoal | undefined
  },
  atOnce = AT_ONCE,
): Promise<boolean> {
  const { from, to } = spanOf(before)
  const since = send.filledTo ?? from
  if (since < to) {
    const { rows } = await db.query<{ upTo: number | null }>(NEXT, [since, to, atOnce])
    const upTo = rows[0]!.upTo
    if (upTo !== null) await db.query(FILL, [since, upTo, before.id, whom, send.id])
    await db.query('update campaign_sends set filled_to = $2::bigint where id = $1::text', [send.id, upTo ?? to])
    return upTo === null && !send.exceptGoal
  }
  if (!send.exceptGoal) return true
  const reached = await readReached(ask, before, goal ?? usualGoal, { after: send.reachedTo, most: atOnce })
  if (reached.length > 0) await db.query(EXCUSE, [send.id, reached])
  if (reached.length < atOnce) return true
  await db.query('update campaign_sends set reached_to = $2::text where id = $1::text', [send.id, reached.at(-1)!])
  return false
}

/** When messages of a send came about: later than one instant, and not later than another. */
function spanOf({ startedAt, endedAt }: Before): { readonly from: number; readonly to: number } {
  return { from: (startedAt ?? 0) - 1, to: endedAt ?? Number.MAX_SAFE_INTEGER }
}

/** Forgets whom sends were for that are over, a shard at a time. */
export async function clearResends(db: Db, signal: AbortSignal): Promise<void> {
  const { rows } = await db.query<{ id: string }>('select id from campaign_sends where filled_to is not null and ended_at is not null')
  for (const { id } of rows) {
    for (let shard = 0; shard < shardCount; shard++) {
      if (signal.aborted) return
      await db.query('delete from campaign_people where shard = $1::smallint and send_id = $2::text', [shard, id])
    }
    await db.query('update campaign_sends set filled_to = null, reached_to = null where id = $1::text', [id])
  }
}
