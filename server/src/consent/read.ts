import type { consentChannels } from '@throughline/contracts'
import { binary, type Db } from '../platform/postgres/index.ts'

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

/** What these people said, by profile; whoever said nothing is left out. */
export async function readConsentsOf(
  db: Db,
  people: readonly { readonly shard: number; readonly profileId: string }[],
): Promise<Map<string, ConsentEntry[]>> {
  const { rows } = await db.query<ConsentEntry & { [key: string]: unknown; profile_id: string }>(
    `select c.profile_id, c.channel, c.topic, c.state, c.source, c.at, c.address, c.wording
     from unnest($1::smallint[], $2::uuid[]) as k (shard, profile_id) join consents c on c.shard = k.shard and c.profile_id = k.profile_id`,
    [binary.int2Array(people.map(({ shard }) => shard)), binary.uuidArray(people.map(({ profileId }) => profileId))],
  )
  const found = new Map<string, ConsentEntry[]>()
  for (const { profile_id, ...entry } of rows) found.set(profile_id, [...(found.get(profile_id) ?? []), entry])
  return found
}
