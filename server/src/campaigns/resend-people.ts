import { shardCount, usualGoal, type CampaignGoal, type ResendTo } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { readReached, type AskHistory } from './earnings.ts'
import type { Send } from './store.ts'

// Got it, and did not answer as a person; who clicked has seen it, whatever is known of opening. Found by when messages came about, as in the tally.
const SILENT = `
select distinct coalesce(p.merged_into, m.profile_id) as person
from messages m left join profiles p on p.shard = m.shard and p.id = m.profile_id
where m.created_at >= $1::bigint and m.send_id = $2::text and m.sent_at is not null and m.status not in ('bounced', 'failed')
  and m.clicked_at is null and ($3::text = 'not-clicked' or m.opened_at is null)`

interface Asked {
  readonly before: Pick<Send, 'id' | 'startedAt'>
  readonly whom: ResendTo
}

/** How many got a send and did not answer it. */
export async function countSilent(db: Db, { before, whom }: Asked): Promise<number> {
  const { rows } = await db.query<{ n: number }>(`select count(*) as n from (${SILENT}) s`, [before.startedAt, before.id, whom])
  return rows[0]!.n
}

/**
 * Writes down whom a resend is for, within the transaction in which it begins; who did the goal since is among them with that reason.
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
  }: Asked & { readonly send: Pick<Send, 'id' | 'exceptGoal'>; readonly before: Send; readonly goal: CampaignGoal | undefined },
): Promise<void> {
  const reached = send.exceptGoal ? await readReached(ask, before, goal ?? usualGoal) : []
  await db.query(
    `insert into campaign_people (shard, send_id, profile_id, why)
     select get_byte(uuid_send(s.person), 15) & ${shardCount - 1}, $4::text, s.person, case when g.person is null then null else 'goal' end
     from (${SILENT}) s left join (select distinct person from unnest($5::uuid[]) as u (person)) g on g.person = s.person
     on conflict do nothing`,
    [before.startedAt, before.id, whom, send.id, reached],
  )
}

/** Forgets whom a send was for, when it is over. */
export async function clearResend(db: Db, send: string): Promise<void> {
  await db.query('delete from campaign_people where shard = any ($2::smallint[]) and send_id = $1::text', [
    send,
    Array.from({ length: shardCount }, (_, shard) => shard),
  ])
}
