import { shardCount, type ChannelKind, type Message, type messageStatuses } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import type { Content } from '../port.ts'
import { unpack } from './pack.ts'
import { readSkeleton } from './skeletons.ts'
import { sendNumberOf } from './send-number.ts'

interface Row {
  [column: string]: unknown
  shard: number
  id: string
  profile_id: string
  channel: ChannelKind
  template: string
  journey_id: string | null
  journey_name: string | null
  version: number | null
  step: string | null
  send_id: string | null
  status: Message['status']
  provider: string | null
  address: string | null
  subject: string | null
  reason: string
  called_back: string | null
  rule: string | null
  created_at: number
  due_at: number
  sent_at: number | null
  delivered_at: number | null
  opened_at: number | null
  clicked_at: number | null
  attempts: number
  last_error: string | null
}

export interface MessageFilter {
  readonly channel?: ChannelKind
  readonly status?: (typeof messageStatuses)[number]
  readonly journey?: string
  /** Of a campaign, `ID#NUMBER`. */
  readonly send?: string
  /** Profile ids: a person and those who were merged into them. */
  readonly people?: readonly string[]
  readonly after?: readonly [createdAt: number, id: string]
  readonly limit: number
}

// What was called back is cancelled for all who look, also while the sender has not come to it.
const CALLED_BACK = `(m.called_back is not null and m.status = 'queued' and m.sent_at is null)`
const STATUS = `case when ${CALLED_BACK} then 'cancelled' else m.status end`
const COLUMNS = `m.shard, m.id, m.profile_id, m.channel, m.template, m.journey_id, d.name as journey_name, m.version, m.step, m.send_id, ${STATUS} as status, m.provider,
  m.address, m.subject, m.reason, m.rule, m.called_back, m.created_at, m.due_at, m.sent_at, m.delivered_at, m.opened_at, m.clicked_at, m.attempts, m.last_error`
// The name that the journey or the campaign had in the version which sent the message.
const JOURNEY = `left join lateral (select body ->> 'name' as name from definitions where kind = case when m.send_id is null then 'journey' else 'campaign' end and definitions.id = case when m.send_id is null then m.journey_id else split_part(m.journey_id, ':', 2) end and definitions.version = m.version) d on true`

/**
 * Messages, newest first, as the API shows them but for the person's name. Walks messages_newest, or messages_profile for people; of a send, which no
 * index knows, the time while it went on.
 */
export async function listMessages(db: Db, filter: MessageFilter): Promise<(Omit<Message, 'personName'> & { profileId: string })[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from messages m ${JOURNEY}
     where ($1::text is null or m.channel = $1) and ($2::text is null or ${STATUS} = $2) and ($3::text is null or m.journey_id = $3)
       and ($4::uuid[] is null or m.profile_id = any ($4)) and ($5::bigint is null or (m.created_at, m.id) < ($5, $6::text)) and ($8::text is null or m.send_id = $8)
       and m.created_at >= coalesce((select started_at from campaign_sends where id = $8::text), 0)
       and m.created_at <= coalesce((select ended_at from campaign_sends where id = $8::text), ${Number.MAX_SAFE_INTEGER})
     order by m.created_at desc, m.id desc limit $7::integer`,
    [
      filter.channel ?? null,
      filter.status ?? null,
      filter.journey ?? null,
      filter.people ?? null,
      filter.after?.[0] ?? null,
      filter.after?.[1] ?? null,
      filter.limit,
      filter.send ?? null,
    ],
  )
  return rows.map(toMessage)
}

/** One message by its id, or null. */
export async function readMessage(db: Db, id: string): Promise<(Omit<Message, 'personName'> & { shard: number }) | null> {
  // The id does not tell the shard: one look by primary key in each.
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from generate_series(0, ${shardCount - 1}) s join messages m on m.shard = s and m.id = $1::text ${JOURNEY} limit 1`,
    [id],
  )
  const row = rows[0]
  return row === undefined ? null : { ...toMessage(row), shard: row.shard }
}

/** What a message looked like, or null when it was never written. */
export async function readContent(db: Db, shard: number, id: string): Promise<Content | null> {
  const { rows } = await db.query<{ content: Buffer }>(
    `select content from message_contents where shard = $1::smallint and message_id = $2::text`,
    [shard, id],
  )
  const packed = rows[0]?.content
  return packed === undefined ? null : unpack(packed, (hash) => readSkeleton(db, hash))
}

function toMessage(row: Row): Omit<Message, 'personName'> {
  return {
    id: row.id,
    profileId: row.profile_id,
    channel: row.channel,
    template: row.template,
    journey: row.journey_id,
    journeyName: row.journey_name,
    version: row.version,
    step: row.step,
    send: row.send_id === null ? null : sendNumberOf(row.send_id),
    status: row.status,
    sandbox: row.provider === 'sandbox',
    to: row.address === '' ? null : row.address,
    subject: row.subject,
    reason: (row.status === 'cancelled' ? (row.called_back ?? row.reason) : row.reason).replaceAll('\n', '. ').replaceAll('.. ', '. '),
    rule: row.rule,
    createdAt: row.created_at,
    dueAt: row.due_at,
    sentAt: row.sent_at,
    deliveredAt: row.delivered_at,
    openedAt: row.opened_at,
    clickedAt: row.clicked_at,
    attempts: row.attempts,
    lastError: row.last_error,
  }
}
