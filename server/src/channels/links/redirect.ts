import { shardOf } from '@throughline/contracts'
import { makeFigure } from '../../platform/figure/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import type { MessageRef } from './tokens.ts'

interface Redirect {
  readonly [column: string]: unknown
  readonly campaign_id: string
  readonly from_url: string
  readonly to_url: string
}

/**
 * Where a link of a message leads by now: elsewhere when somebody has redirected it for the campaign that the message belongs to. A click
 * on any other link costs a look into a list that is about a second old, and no query.
 */
export function makeRedirects(pool: Pool): (ref: MessageRef, url: string) => Promise<string> {
  const all = makeFigure(
    async () => (await pool.query<Redirect>('select campaign_id, from_url, to_url from campaign_redirects')).rows,
    1_000,
  )
  return async (ref, url) => {
    const meant = (await all()).filter(({ from_url: from }) => from === url)
    if (meant.length === 0) return url
    const { rows } = await pool.query<{ journey_id: string | null }>(
      'select journey_id from messages where shard = $1::smallint and id = $2::text and profile_id = $3::uuid',
      [shardOf(ref.profileId), ref.id, ref.profileId],
    )
    return meant.find(({ campaign_id: id }) => rows[0]?.journey_id === `campaign:${id}`)?.to_url ?? url
  }
}
