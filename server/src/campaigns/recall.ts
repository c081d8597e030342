import { lanes } from '@throughline/contracts'
import { appendControls, INBOX_CHANNEL } from '../ingest/index.ts'
import type { Db, PoolClient } from '../platform/postgres/index.ts'
import { NOW } from './store.ts'

/** People told at a time that what they wait for does not come. */
const AT_ONCE = 1_000
/** How soon those are told again who have not heard it yet, ms. */
const AGAIN_MS = 5_000

// Only what is open, which is as much as the outbox may hold of one send. Locked in the order in which all lock who write several at once.
const CALL_BACK = `
update messages m set called_back = $2::text, due_at = least(m.due_at, ${NOW})
from (
  select shard, id from messages where send_id = $1::text and status in ('queued', 'sending') and sent_at is null and called_back is null
  order by shard, id collate "C" for update
) due
where m.shard = due.shard and m.id = due.id`

/** Calls back the messages of a send that nobody has handed over; the sender cancels them and says so on the timeline. */
export async function callBackSend(db: Db, send: string, reason: string): Promise<void> {
  await db.query({ name: 'campaign-call-back', text: CALL_BACK, values: [send, reason] })
}

/** Ends what waits in people of a send that was cancelled. Telling somebody twice changes nothing. */
export async function endWaiting(
  client: PoolClient,
  send: { readonly id: string; readonly now: number; readonly recalledAt: number },
): Promise<void> {
  if (send.now - send.recalledAt < AGAIN_MS) return
  const { rows } = await client.query<{ profile_id: string }>('select profile_id from runs where send_id = $1::text limit $2::int', [
    send.id,
    AT_ONCE,
  ])
  if (rows.length === 0) return
  await client.query('update campaign_sends set recalled_at = $2::bigint where id = $1::text', [send.id, send.now])
  await appendControls(
    client,
    rows.map(({ profile_id: profileId }) => ({
      name: 'campaign-over',
      id: `campaign-over:${send.id}:${profileId}:${send.now}`,
      profileId,
      lane: lanes.bulk,
      properties: { send: send.id },
    })),
  )
  await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
}
