import { randomUUID } from 'node:crypto'
import {
  eventNames,
  isStopText,
  keywordOf,
  lanes,
  ownSource,
  shardOf,
  type InboundChannel,
  type JsonObject,
  type RouteResponse,
} from '@throughline/contracts'
import { normaliseIdentifier } from '../identity/index.ts'
import type { AcceptEvent, AcceptOutcome } from '../ingest/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { InboundError } from './errors.ts'

/** What answers a message of ours without naming it answers the latest one of so many ms. */
const RECENT_MS = 7 * 86_400_000

interface Inbound {
  readonly channel: InboundChannel
  readonly from: string
  readonly text: string
  readonly messageId?: string | undefined
  readonly inReplyTo?: string | undefined
  readonly create: boolean
  /** Whose address it is; null: nobody is known by it. */
  readonly profileId: string | null
}

/**
 * Takes what somebody wrote: as an event of theirs, or, where it says that they want no more, as the withdrawal of their consent, also of
 * somebody whom nobody knows.
 * @throws InboundError `sender_invalid`, `sender_unknown`
 */
export async function receive(
  { pool, append }: { readonly pool: Db; readonly append: (events: AcceptEvent[]) => Promise<readonly AcceptOutcome[]> },
  { channel, from, text, messageId = randomUUID(), inReplyTo, create, profileId }: Inbound,
): Promise<RouteResponse<'receiveMessage'>> {
  const sender = normaliseIdentifier(channel === 'email' ? 'email' : 'phone', from)
  if (sender === undefined) {
    const allowed = channel === 'email' ? 'an e-mail address' : 'a phone number with its country, such as +4930123456'
    throw new InboundError('bad-input', 'sender_invalid', `from is ${JSON.stringify(from)}; allowed: ${allowed}.`, {
      field: 'from',
      value: from,
      allowed,
    })
  }
  const keyword = keywordOf(text)
  const isStop = channel !== 'email' && isStopText(text)
  if (profileId === null && !isStop && !create)
    throw new InboundError(
      'not-found',
      'sender_unknown',
      `Nobody is known by ${sender.value}, so nothing was kept. With "create": true somebody new is made.`,
      { field: 'from', value: from },
    )
  const who: AcceptEvent['who'] = profileId === null ? { identifiers: [sender] } : { profileId }
  const answered = isStop || profileId === null ? (inReplyTo ?? null) : (inReplyTo ?? (await findAnswered(pool, profileId, channel)))
  const told: Told = isStop
    ? {
        name: eventNames.consentChanged,
        properties: { channel, topic: '', state: 'withdrawn', source: `reply: ${keyword}`, address: sender.value },
      }
    : {
        name: eventNames.messageReceived,
        properties: { channel, from: sender.value, text, keyword, ...(answered !== null && { message_id: answered }) },
      }
  const [outcome] = await append([inboundEvent(`inbound:${channel}:${messageId}`, who, told)])
  return {
    outcome: outcome?.kind === 'duplicate' ? 'repeated' : isStop ? 'opted-out' : 'received',
    keyword,
    inReplyTo: answered,
  }
}

interface Told {
  readonly name: string
  readonly properties: JsonObject
}

function inboundEvent(messageId: string, who: AcceptEvent['who'], { name, properties }: Told): AcceptEvent {
  return {
    source: ownSource,
    messageId,
    type: 'track',
    name,
    timestamp: Date.now(),
    // The id of a repeated event is looked for at one and the same day, for ever.
    dedupeAt: 0,
    properties,
    context: {},
    lane: lanes.live,
    triggers: true,
    who,
  }
}

/** The latest message that went to somebody by a channel not long ago. */
async function findAnswered(pool: Db, profileId: string, channel: InboundChannel): Promise<string | null> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from messages where shard = $1::smallint and profile_id = $2::uuid and channel = $3::text
       and sent_at > (extract(epoch from clock_timestamp()) * 1000)::bigint - $4::bigint
     order by sent_at desc limit 1`,
    [shardOf(profileId), profileId, channel, RECENT_MS],
  )
  return rows[0]?.id ?? null
}
