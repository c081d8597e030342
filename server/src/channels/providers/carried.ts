import { channelKindSchema, type ChannelKind } from '@throughline/contracts'
import type { Pool } from '../../platform/postgres/index.ts'

/** Channels that have a provider, so that their messages do not go to the sandbox. */
export async function findCarried(pool: Pool): Promise<ReadonlySet<ChannelKind>> {
  const { rows } = await pool.query<{ channel: string }>('select channel from providers')
  return new Set(rows.map(({ channel }) => channelKindSchema.parse(channel)))
}
