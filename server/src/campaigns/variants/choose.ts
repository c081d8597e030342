import { withTransaction, type Pool, type PoolClient } from '../../platform/postgres/index.ts'
import { CampaignError, unknownSend } from '../errors.ts'
import { lockSend, NOW } from '../store.ts'
import { readVersion } from './standing.ts'

/**
 * Chooses by hand what the rest of an audience gets.
 * @param onChanged called within the transaction
 * @throws CampaignError `send_unknown`, `variant_unknown`, `send_not_possible`
 */
export async function chooseVariant(
  pool: Pool,
  asked: { readonly campaign: string; readonly number: number; readonly variant: string; readonly by: string },
  onChanged: (client: PoolClient) => Promise<void>,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    const send = await lockSend(client, asked.campaign, asked.number)
    if (send === null) throw unknownSend(asked.campaign, asked.number)
    const names = (await readVersion(client, send))?.variants?.map(({ name }) => name) ?? []
    if (send.part !== 'test' || send.winner !== null || (send.state !== 'sending' && send.state !== 'paused'))
      throw new CampaignError('conflict', 'send_not_possible', whyNot(send, names), { field: 'variant', value: asked.variant })
    if (!names.includes(asked.variant))
      throw new CampaignError('bad-input', 'variant_unknown', `Send ${send.number} has no variant "${asked.variant}".`, {
        field: 'variant',
        value: asked.variant,
        allowed: names.join(', '),
      })
    await client.query(`update campaign_sends set winner = $2::text, choice = $3::text, judged_at = ${NOW} where id = $1::text`, [
      send.id,
      asked.variant,
      `“${asked.variant}” goes to the rest: chosen by ${asked.by}.`,
    ])
    await onChanged(client)
  })
}

function whyNot(
  {
    number,
    part,
    winner,
    state,
  }: { readonly number: number; readonly part: string | null; readonly winner: string | null; readonly state: string },
  names: readonly string[],
): string {
  if (winner !== null) return `“${winner}” has been chosen for send ${number} already, and goes to the rest.`
  if (state === 'scheduled') return `Send ${number} has not begun. Nothing can be chosen before its test does.`
  if (part === null || names.length === 0)
    return `Send ${number} chooses nothing: all of its audience gets the same, or each a variant of their own.`
  return `Send ${number} is ${state}: nothing can be chosen any more.`
}
