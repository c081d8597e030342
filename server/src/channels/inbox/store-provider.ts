import { shardOf } from '@throughline/contracts'
import { binary } from '../../platform/postgres/index.ts'
import type { ChannelDeps, Outgoing, Provider } from '../port.ts'
import { makeBatcher } from '../sender/batcher.ts'

// The message id is part of the key: a hand-over that is repeated changes nothing.
const INSERT = `
insert into notifications (shard, profile_id, message_id, title, body, url, image, created_at)
select n.* , (extract(epoch from clock_timestamp()) * 1000)::bigint
from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as n (shard, profile_id, message_id, title, body, url, image)
on conflict (shard, profile_id, message_id) do nothing`

/** Puts notifications into the inbox of the person, many at a time, durable when `send` resolves. */
export function makeInboxProvider(deps: Pick<ChannelDeps, 'pool' | 'onNotification'>): Provider<'inbox'> {
  const batcher = makeBatcher<Outgoing<'inbox'>>(
    async (messages) => {
      await deps.pool.query({
        name: 'notifications-insert',
        text: INSERT,
        values: [
          binary.int2Array(messages.map((message) => shardOf(message.personId))),
          binary.uuidArray(messages.map((message) => message.personId)),
          binary.textArray(messages.map((message) => message.id)),
          binary.textArray(messages.map((message) => clean(message.content.title))),
          binary.textArray(messages.map((message) => clean(message.content.body))),
          binary.textArray(messages.map((message) => clean(message.content.url))),
          binary.textArray(messages.map((message) => clean(message.content.image))),
        ],
      })
      for (const message of messages) deps.onNotification(message.personId)
    },
    { max: 500, onFailure: () => undefined },
  )
  return {
    name: 'inbox',
    slots: 200,
    maxPerSecond: null,
    send: (message) => batcher.add(message),
    verify: async () => 'The inbox is part of Throughline and needs no set-up.',
    close: () => batcher.stop(5_000),
  }
}

// PostgreSQL stores no NUL.
function clean<T extends string | null>(text: T): T | string {
  return text === null ? text : text.replaceAll('\0', '')
}
