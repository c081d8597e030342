import type { consentChannels } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'

export interface ConsentEntry {
  readonly channel: (typeof consentChannels)[number]
  readonly topic: string
  readonly state: 'granted' | 'withdrawn'
  readonly source: string
  readonly at: number
  readonly address: string | null
  readonly wording: string | null
}

/** What one person said, by channel and topic. */
export async function readConsents(db: Db, shard: number, profileId: string): Promise<ConsentEntry[]> {
  const result = await db.query<ConsentEntry & { [key: string]: unknown }>(
    `select channel, topic, state, source, at, address, wording from consents where shard = $1::smallint and profile_id = $2::uuid order by channel, topic`,
    [shard, profileId],
  )
  return result.rows
}
