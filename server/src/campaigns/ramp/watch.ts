import type { CampaignRamp } from '@throughline/contracts'
import { withTransaction, type Db, type Pool } from '../../platform/postgres/index.ts'
import { lockSendById, NOW, setState, type Send } from '../store.ts'
import { readVersion } from '../variants/standing.ts'

/** How often it is looked at what came of a ramp, ms. */
const WATCH_MS = 15_000
/** One alone is chance. */
const FEWEST = 2

/** What came of the messages of a send. */
export interface Outcomes {
  /** Handed over, those that bounced included. */
  readonly sent: number
  readonly bounces: number
  readonly complaints: number
  readonly unsubscribes: number
}

const named = {
  bounces: 'bounced',
  complaints: 'reported it as unwanted',
  unsubscribes: 'took their consent back after it',
} as const

/**
 * Why a ramp must not go on, as a sentence; null: nothing speaks against it. The limits that stand where a campaign says nothing are those of the mailbox
 * providers: Google's and Yahoo's sender guidelines, complaints below 0.3 %; Amazon SES, review at 5 % bounces. Pure.
 */
export function whyHalt(found: Outcomes, { bounces, complaints, unsubscribes, atLeast }: CampaignRamp['stopAt']): string | null {
  if (found.sent < atLeast) return null
  const limits = { bounces, complaints, unsubscribes }
  for (const what of ['complaints', 'bounces', 'unsubscribes'] as const) {
    const [n, most] = [found[what], limits[what]]
    if (n >= FEWEST && (n / found.sent) * 100 > most)
      return `Held: of ${found.sent} who got it, ${n} ${named[what]}. That is ${shareOf(n, found.sent)} %, and more than ${most} % stops this ramp.`
  }
  return null
}

const shareOf = (n: number, of: number): string => String(Number(((n / of) * 100).toPrecision(2)))

// Found by when messages came about, as in the tally. What was told of addresses and consents since then is read once, not for each message.
const OUTCOMES = `
select count(*) filter (where m.sent_at is not null or m.status = 'bounced') as sent,
  count(*) filter (where m.status = 'bounced') as bounces,
  count(*) filter (where (m.channel, case m.channel when 'email' then lower(btrim(m.address)) else btrim(m.address) end) in (
    select channel, address from suppressions where reason = 'complaint' and at >= $2::bigint)) as complaints,
  count(*) filter (where (m.profile_id, m.channel) in (
    select profile_id, channel from consents where state = 'withdrawn' and at >= $2::bigint)) as unsubscribes
from messages m where m.created_at >= $2::bigint and m.send_id = $1::text and m.status in ('sent', 'sending', 'bounced')`

async function readOutcomes(db: Db, { id, startedAt, watchSince }: Send): Promise<Outcomes> {
  const { rows } = await db.query<Outcomes & Record<string, unknown>>(OUTCOMES, [id, watchSince ?? startedAt])
  return rows[0]!
}

const WATCHABLE = `
select id from campaign_sends where ended_at is null and state = 'sending' and ramp_to is not null and coalesce(watched_at, 0) <= ${NOW} - ${WATCH_MS}`

/** Pauses the sends whose ramp must not go on. Whoever resumes one begins the count anew. */
export async function watchRamps(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ id: string }>({ name: 'campaign-watchable', text: WATCHABLE })
  for (const { id } of rows) {
    await withTransaction(pool, async (client) => {
      const send = await lockSendById(client, id)
      if (send.state !== 'sending' || send.endedAt !== null) return
      await client.query(`update campaign_sends set watched_at = ${NOW} where id = $1::text`, [id])
      const ramp = (await readVersion(client, send))?.ramp
      if (ramp === undefined) return
      const why = whyHalt(await readOutcomes(client, send), ramp.stopAt)
      if (why === null) return
      await setState(client, id, 'paused', why, false)
      await client.query(`update campaign_sends set halted_at = ${NOW} where id = $1::text`, [id])
      await client.query(`insert into sending_holds (what, since, set_by) values ($1::text, ${NOW}, 'ramp') on conflict do nothing`, [id])
    })
  }
}
