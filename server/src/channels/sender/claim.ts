import { lanes, type ChannelKind } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import { CLAIM_MS } from './times.ts'

/** A message in a sender's hands. */
export interface Claimed {
  readonly shard: number
  readonly id: string
  readonly channel: ChannelKind
  readonly lane: number
}

/** What is held is not handed over, whoever claimed it: all marketing, or a send of a campaign. Few rows, mostly none. */
const HELD = `exists (select 1 from sending_holds g where g.what = m.send_id or (g.what = '*' and m.purpose = 'marketing'))`
const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint'
const DUE = `m.status in ('queued', 'sending') and m.due_at <= ${NOW} and m.claim_until < ${NOW} and m.channel = any ($3::text[])
  and (m.called_back is not null or not ${HELD})`

// A marketing message waits until its shard has heard all that came in before it was decided (a late one is due only then)
// and before this worker took the shard: what calls it back may stand there. Either everything is heard, or the shard's
// time is past both; under steady live load the former may never be so, the latter is after as long as the shard lags.
const HEARD = `(m.purpose <> 'marketing' or m.called_back is not null or w.live_seq >= h.seq or w.clock >= greatest(m.due_at, w.leased_at))`
const CURSORS = `join shards w on w.shard = s.shard join shard_heads h on h.shard = s.shard and h.lane = 0`

// One look over all shards of this worker; each probe ends at the first row of messages_due that anybody may take.
const SHARDS_WITH_WORK = `
select s.shard from unnest($1::smallint[]) as s (shard) ${CURSORS}
where exists (select 1 from messages m where m.shard = s.shard and m.lane = $2::smallint and ${DUE} and ${HEARD})`

// One shard at a time: order is kept within it, and a cluster answers from one node. Rows that somebody else is
// claiming at this instant are skipped instead of waited for.
const CLAIM = `
update messages m set status = 'sending', claimed_by = $4::text, claim_until = ${NOW} + ${CLAIM_MS}
from (
  select m.id from messages m cross join (select $1::smallint as shard) s ${CURSORS}
  where m.shard = $1::smallint and m.lane = $2::smallint and ${DUE} and ${HEARD}
  order by m.due_at limit $5::integer for update of m skip locked
) due
where m.shard = $1::smallint and m.id = due.id
returning m.shard, m.id, m.channel, m.lane`

const BULK_OF_A_SHARD = 50

/**
 * Claims messages that are due in these shards for {@link CLAIM_MS}.
 * @returns at most about `limit` of them; of the live lane spread over the shards that have any
 */
export async function claimMessages(
  db: Db,
  options: {
    readonly worker: string
    readonly shards: readonly number[]
    readonly lane: 'live' | 'bulk'
    readonly channels: readonly ChannelKind[]
    readonly limit: number
  },
): Promise<Claimed[]> {
  if (options.shards.length === 0 || options.channels.length === 0 || options.limit <= 0) return []
  const lane = lanes[options.lane]
  const found = await db.query<{ shard: number }>({
    name: 'messages-look',
    text: SHARDS_WITH_WORK,
    values: [options.shards, lane, options.channels],
  })
  const even = Math.max(1, Math.ceil(options.limit / Math.max(1, found.rows.length)))
  // A few of each of many shards would cost a query for those few. Bulk takes more of fewer, each time from another one on.
  const each = options.lane === 'live' ? even : Math.min(options.limit, Math.max(BULK_OF_A_SHARD, even))
  const from = options.lane === 'live' ? 0 : Math.floor(Math.random() * found.rows.length)
  const claimed: Claimed[] = []
  for (const { shard } of [...found.rows.slice(from), ...found.rows.slice(0, from)]) {
    if (claimed.length >= options.limit) break
    const result = await db.query<Claimed & { [key: string]: unknown }>({
      name: 'messages-claim',
      text: CLAIM,
      values: [shard, lane, options.channels, options.worker, each],
    })
    claimed.push(...result.rows)
  }
  return claimed
}

/** When the next message of these shards that waits for its time is due, epoch ms, or null: what a sleeping sender wakes for. */
export async function nextDueAt(db: Db, shards: readonly number[]): Promise<number | null> {
  // messages_due answers from its first entry per lane and shard.
  const result = await db.query<{ due: number | null }>({
    name: 'messages-next-due',
    text: `
select min(f.due_at) as due
from unnest($1::smallint[]) as s (shard) cross join (values (0::smallint), (1::smallint)) as l (lane)
cross join lateral (
  select m.due_at from messages m
  where m.shard = s.shard and m.lane = l.lane and m.status in ('queued', 'sending') and m.due_at > ${NOW}
  order by m.due_at limit 1
) f`,
    values: [shards],
  })
  return result.rows[0]?.due ?? null
}
