import type { SendAction, SendState } from '@throughline/contracts'
import { withTransaction, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { CampaignError, unknownSend } from './errors.ts'
import { callBackSend } from './recall.ts'
import { lockSend, NOW, readNow, setState, type Send } from './store.ts'
import { actionsFor } from './tally.ts'

/*
 * A send:
 *
 *   waiting ──approved (approval/gate.ts)──▶
 *   scheduled ──time──▶ sending ──everybody dealt with──▶ done
 *     │  │  ▲            │    ▲
 *     │  │  └──resume────┼────┤ resume
 *     │  └────pause───▶ paused ◀──pause── sending
 *     │ undo (30 s)      │ cancel, also from scheduled and sending
 *     ▼                  ▼
 *   undone            cancelled (open until everybody in the audience was counted)
 */

const HOLD = `insert into sending_holds (what, since, set_by) values ($1::text, ${NOW}, $2::text) on conflict do nothing`

/**
 * Undoes, pauses, resumes or cancels a send.
 * @param onChanged called within the transaction with the state before
 * @throws CampaignError `send_unknown`, `send_not_possible`
 */
export async function act(
  pool: Pool,
  asked: { readonly campaign: string; readonly number: number; readonly action: SendAction; readonly by: string },
  onChanged: (client: PoolClient, before: SendState, after: SendState) => Promise<void>,
): Promise<SendState> {
  return withTransaction(pool, async (client) => {
    const send = await lockSend(client, asked.campaign, asked.number)
    if (send === null) throw unknownSend(asked.campaign, asked.number)
    const allowed = actionsFor(send, await readNow(client))
    if (!allowed.includes(asked.action)) throw notPossible(send, asked.action, allowed)
    const after = await change(client, send, asked.action, asked.by)
    await onChanged(client, send.state, after)
    return send.state
  })
}

async function change(client: PoolClient, send: Send, action: SendAction, by: string): Promise<SendState> {
  const isBegun = send.startedAt !== null
  switch (action) {
    case 'undo':
      await setState(client, send.id, 'undone', `Undone by ${by}; nobody got it.`, true)
      return 'undone'
    case 'pause':
      await setState(client, send.id, 'paused', `Paused by ${by}.`, false)
      await client.query(HOLD, [send.id, by])
      return 'paused'
    case 'resume': {
      const state = isBegun ? 'sending' : 'scheduled'
      await setState(client, send.id, state, null, false)
      await client.query('delete from sending_holds where what = $1::text', [send.id])
      // What it says may have been changed while it stood still.
      await client.query('update campaign_sends set gate_epoch = null where id = $1::text', [send.id])
      await forgetHalt(client, send)
      return state
    }
    case 'send-all': {
      const note = `${by} let it go to all of the audience.`
      await setState(client, send.id, 'sending', note, false)
      await client.query(
        `update campaign_sends set ramp_all = true, gate_epoch = case when $2::boolean then null else gate_epoch end where id = $1::text`,
        [send.id, send.state === 'paused'],
      )
      await client.query('delete from sending_holds where what = $1::text', [send.id])
      await forgetHalt(client, send)
      return 'sending'
    }
    case 'cancel': {
      const note = `Cancelled by ${by}.`
      await setState(client, send.id, 'cancelled', note, !isBegun)
      await client.query('delete from sending_holds where what = $1::text', [send.id])
      await callBackSend(client, send.id, `Not sent: the campaign was cancelled by ${by}.`)
      return 'cancelled'
    }
    default:
      return action satisfies never
  }
}

/** Whoever lets a ramp go on has seen what went wrong: from then on it is counted anew. */
async function forgetHalt(client: PoolClient, { id, haltedAt }: Send): Promise<void> {
  if (haltedAt === null) return
  await client.query(`update campaign_sends set halted_at = null, watch_since = ${NOW}, watched_at = ${NOW} where id = $1::text`, [id])
}

function notPossible({ number, state }: Send, action: SendAction, allowed: readonly SendAction[]): CampaignError {
  const list = allowed.length === 0 ? 'nothing any more' : allowed.join(', ')
  const why =
    action === 'undo' && (state === 'scheduled' || state === 'sending')
      ? `Send ${number} can be undone for 30 seconds, and these are over. Cancel it: whoever has not got it yet will not.`
      : `Send ${number} is ${state}: it cannot be ${past[action]}.`
  return new CampaignError('conflict', 'send_not_possible', why, { field: 'action', value: action, allowed: list })
}

const past: { readonly [A in SendAction]: string } = {
  undo: 'undone',
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
  'send-all': 'sent to all',
}
