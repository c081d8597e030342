import type { CampaignRedirect } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { NOW } from './store.ts'

/** The links of a campaign that lead elsewhere by now. */
export async function readRedirects(db: Db, campaign: string): Promise<CampaignRedirect[]> {
  const { rows } = await db.query<{ from_url: string; to_url: string; set_by: string; set_at: number }>(
    'select from_url, to_url, set_by, set_at from campaign_redirects where campaign_id = $1::text order by set_at desc, from_url',
    [campaign],
  )
  return rows.map((row) => ({ from: row.from_url, to: row.to_url, by: row.set_by, at: row.set_at }))
}

/** Lets a link lead elsewhere, or where it did (`to` of null). The click route knows it about a second later. */
export async function setRedirect(
  db: Db,
  { campaign, from, to, by }: { readonly campaign: string; readonly from: string; readonly to: string | null; readonly by: string },
): Promise<void> {
  if (to === null) {
    await db.query('delete from campaign_redirects where campaign_id = $1::text and from_url = $2::text', [campaign, from])
    return
  }
  await db.query(
    `insert into campaign_redirects (campaign_id, from_url, to_url, set_by, set_at) values ($1::text, $2::text, $3::text, $4::text, ${NOW})
     on conflict (campaign_id, from_url) do update set to_url = excluded.to_url, set_by = excluded.set_by, set_at = excluded.set_at`,
    [campaign, from, to, by],
  )
}
