import { shardOf, type JsonObject } from '@throughline/contracts'
import { rfmEvents, sumSaidBy, type RfmTransaction } from '@throughline/engine'
import type { Asker } from '../ask.ts'

/** More orders than a person has. */
const MOST = 5_000

/** Orders and refunds that came in under these ids, the latest first. */
export async function readTransactions(ask: Asker, ids: readonly string[], signal?: AbortSignal): Promise<RfmTransaction[]> {
  // Along the primary key (shard, profile_id, timestamp). Ids are those of profiles, not user text.
  const rows = await ask.rows<{ name: string; at: number; received: number; properties: string }>(
    {
      sql: `select name, least(timestamp, received_at) as at, received_at as received, properties from events
       where shard in (${[...new Set(ids.map(shardOf))].join(', ')}) and profile_id in (${ids.map((id) => `toUUID('${id}')`).join(', ')})
         and name in ('${rfmEvents.order}', '${rfmEvents.refund}')
       order by timestamp desc, event_id desc limit 1 by event_id limit ${MOST}`,
      params: {},
    },
    signal,
  )
  return rows.map(({ name, at, received, properties }) => ({
    kind: name === rfmEvents.order ? 'order' : 'refund',
    at: Number(at),
    receivedAt: Number(received),
    money: sumSaidBy(JSON.parse(properties) as JsonObject) ?? 0,
  }))
}
