import { binary, type Db } from '../../platform/postgres/index.ts'

/** What a person's journey was about to say and is not to say any more. */
export interface CallBack {
  readonly shard: number
  readonly profileId: string
  readonly journey: string
  /** Messages decided from this instant on, epoch ms. */
  readonly since: number
  /** The sentence that is stored and shown. */
  readonly reason: string
}

// Walks messages_profile from the person's newest back to the run's entry. Rows that a sender is writing at this instant are
// skipped instead of waited for: they are being claimed, handed over or given back, so nobody waits for anybody in a circle.
const CALL_BACK = `
update messages m set called_back = due.reason, due_at = least(m.due_at, (extract(epoch from clock_timestamp()) * 1000)::bigint)
from (
  select m.shard, m.id, k.reason
  from unnest($1::smallint[], $2::uuid[], $3::text[], $4::bigint[], $5::text[]) as k (shard, profile_id, journey_id, since, reason)
  join messages m on m.shard = k.shard and m.profile_id = k.profile_id and m.journey_id = k.journey_id and m.created_at >= k.since
  where m.purpose = 'marketing' and m.status in ('queued', 'sending') and m.sent_at is null and m.called_back is null
  for update of m skip locked
) due
where m.shard = due.shard and m.id = due.id`

/**
 * Calls messages back, in the caller's transaction: those that nobody has handed over, whoever holds them. They are due at
 * once: the sender cancels them and says so on the timeline; one that is being handed over at this very moment still goes.
 */
export async function callBackMessages(client: Db, calls: readonly CallBack[]): Promise<void> {
  await client.query({
    name: 'messages-call-back',
    text: CALL_BACK,
    values: [
      binary.int2Array(calls.map((call) => call.shard)),
      binary.uuidArray(calls.map((call) => call.profileId)),
      binary.textArray(calls.map((call) => call.journey)),
      binary.int8Array(calls.map((call) => call.since)),
      binary.textArray(calls.map((call) => call.reason)),
    ],
  })
}
