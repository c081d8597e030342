import { shardOf, type ChannelKind } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import type { OutcomeOf } from '../outcomes.ts'

/** What a link of a message needs to know about it. */
export interface FoundMessage extends OutcomeOf {
  readonly channel: ChannelKind
  readonly address: string | null
  /** What the person said about tracking; null when nothing. */
  readonly tracking: 'granted' | 'withdrawn' | null
}

// The profile's own word on tracking, or its survivor's after a merge.
const FIND = `
select m.id, m.profile_id, m.lane, m.channel, m.template, m.journey_id, m.step, m.send_id, m.created_at, m.address, t.state as tracking, p.merged_into
from messages m
left join profiles p on p.shard = m.shard and p.id = m.profile_id
left join consents t on t.shard = m.shard and t.profile_id = m.profile_id and t.channel = 'tracking' and t.topic = ''
where m.shard = $1::smallint and m.id = $2::text and m.profile_id = $3::uuid`

interface Row {
  [column: string]: unknown
  id: string
  profile_id: string
  lane: number
  channel: ChannelKind
  template: string
  journey_id: string | null
  step: string | null
  send_id: string | null
  created_at: number
  address: string | null
  tracking: 'granted' | 'withdrawn' | null
  merged_into: string | null
}

/** The message of a link, or null when it is kept no longer. */
export async function findMessage(db: Db, profileId: string, id: string): Promise<FoundMessage | null> {
  const { rows } = await db.query<Row>({ name: 'messages-find', text: FIND, values: [shardOf(profileId), id, profileId] })
  const row = rows[0]
  if (row === undefined) return null
  const tracking = row.merged_into === null ? row.tracking : await trackingOfSurvivor(db, row.merged_into)
  return {
    id: row.id,
    profileId,
    lane: row.lane,
    channel: row.channel,
    template: row.template,
    journey: row.journey_id,
    step: row.step,
    send: row.send_id,
    createdAt: row.created_at,
    address: row.address === '' ? null : row.address,
    tracking,
  }
}

async function trackingOfSurvivor(db: Db, profileId: string): Promise<FoundMessage['tracking']> {
  const { rows } = await db.query<{ tracking: FoundMessage['tracking']; merged_into: string | null }>(
    `select t.state as tracking, p.merged_into from profiles p
     left join consents t on t.shard = p.shard and t.profile_id = p.id and t.channel = 'tracking' and t.topic = ''
     where p.shard = $1::smallint and p.id = $2::uuid`,
    [shardOf(profileId), profileId],
  )
  const row = rows[0]
  return row === undefined || row.merged_into === null ? (row?.tracking ?? null) : trackingOfSurvivor(db, row.merged_into)
}

/** Notes the first time that a person (no machine) opened or clicked, and counts it for the send of a campaign that it belongs to. */
export async function touchMessage(db: Db, profileId: string, id: string, what: 'opened' | 'clicked', at: number): Promise<void> {
  const column = what === 'opened' ? 'opened_at' : 'clicked_at'
  await db.query(
    `with touched as (
       update messages set ${column} = $3::bigint where shard = $1::smallint and id = $2::text and ${column} is null returning shard, send_id
     )
     insert into campaign_counts as c (shard, send_id, what, n) select shard, send_id, '${what}', 1 from touched where send_id is not null
     on conflict (shard, send_id, what) do update set n = c.n + 1`,
    [shardOf(profileId), id, at],
  )
}
