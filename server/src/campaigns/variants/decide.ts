import { durationToMs, type CampaignDefinition, type CampaignWinner } from '@throughline/contracts'
import type { Pool } from '../../platform/postgres/index.ts'
import { loadJudgeable, NOW, readNow, type Send } from '../store.ts'
import type { AskHistory } from '../earnings.ts'
import { digitsOf } from '../orders.ts'
import { readGroups, readReactions } from './counts.ts'
import { judge, type Judgement } from './judge.ts'
import { readVersion } from './standing.ts'

// Somebody may have chosen by hand while it was counted, or paused it.
const DECIDE = `
update campaign_sends set winner = $2::text, choice = $3::text, judged_at = ${NOW}
where id = $1::text and part = 'test' and winner is null and judged_at is null and state = 'sending'`

/**
 * Decides what the rest gets of the sends whose tests have had their time. Opens and clicks are known here; the goal and what people spent are asked
 * of history, and while that is away the decision waits for it.
 * @param currency of the shop
 */
export async function decideWinners(pool: Pool, ask: AskHistory, currency: string): Promise<void> {
  const sends = await loadJudgeable(pool)
  if (sends.length === 0) return
  const now = await readNow(pool)
  const failed: unknown[] = []
  for (const send of sends) {
    const definition = await readVersion(pool, send)
    if (definition?.winner === undefined || send.testedAt! + durationToMs(definition.winner.after) > now) continue
    try {
      const { winner, words } = await judgeSend(pool, ask, send, definition, definition.winner, currency)
      await pool.query(DECIDE, [send.id, winner, words])
    } catch (error) {
      // History may be away for one that asks it, while others do not.
      failed.push(error)
    }
  }
  if (failed.length > 0) throw failed[0]
}

async function judgeSend(
  pool: Pool,
  ask: AskHistory,
  send: Send,
  definition: CampaignDefinition,
  winner: CampaignWinner,
  currency: string,
): Promise<Judgement> {
  const asksHistory = winner.by === 'goal' || winner.by === 'revenue'
  const groups = asksHistory
    ? (await readGroups(pool, ask, send, definition, currency)).groups
    : await readReactions(pool, send, definition)
  const digits = digitsOf(currency)
  return judge(
    groups.filter(({ kind }) => kind === 'variant'),
    winner,
    (minor) => `${(minor / 10 ** digits).toFixed(digits)} ${currency}`,
  )
}
