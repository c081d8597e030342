import { binary, type Statement } from '../../platform/postgres/index.ts'

/** What a person's journey was about to say and is not to say any more. */
export interface CallBack {
  readonly shard: number
  readonly profileId: string
  readonly journey: string
  /** Messages decided from this instant on, epoch ms. */
  readonly since: number
  /** Only those of this run; left out, of all runs. */
  readonly onlyRun?: string | undefined
  /** The sentence that is stored and shown. */
  readonly reason: string
}

// Walks messages_profile from the person's newest back to the run's entry. The journey asks once and never again, so rows that
// a sender is writing at this instant (claiming, marking, giving back) are waited for, each a statement long, and judged as
// they stand then. All who write several messages at once lock them in this order: nobody waits for anybody in a circle.
const CALL_BACK = `
update messages m set called_back = due.reason, due_at = least(m.due_at, (extract(epoch from clock_timestamp()) * 1000)::bigint)
from (
  select m.shard, m.id, k.reason
  from unnest($1::smallint[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[]) as k (shard, profile_id, journey_id, since, reason, run_id)
  join messages m on m.shard = k.shard and m.profile_id = k.profile_id and m.journey_id = k.journey_id and m.created_at >= k.since
  where m.purpose = 'marketing' and m.status in ('queued', 'sending') and m.sent_at is null and m.called_back is null and (k.run_id is null or m.run_id = k.run_id)
  order by m.shard, m.id collate "C" for update of m
) due
where m.shard = due.shard and m.id = due.id`

/**
 * The statement that calls messages back: those that nobody has handed over, whoever holds them. They are due at once: the
 * sender cancels them and says so on the timeline; one that is being handed over at this very moment still goes.
 * @throws TypeError, RangeError on what is no id or number, before anything is sent
 */
export function callBackStatement(calls: readonly CallBack[]): Statement {
  return {
    name: 'messages-call-back',
    text: CALL_BACK,
    values: [
      binary.int2Array(calls.map((call) => call.shard)),
      binary.uuidArray(calls.map((call) => call.profileId)),
      binary.textArray(calls.map((call) => call.journey)),
      binary.int8Array(calls.map((call) => call.since)),
      binary.textArray(calls.map((call) => call.reason)),
      binary.textArray(calls.map((call) => call.onlyRun)),
    ],
  }
}
