import { roles, type Settings } from '@throughline/contracts'
import type { Caller } from '../../platform/http/index.ts'
import { withTransaction, type Db, type Pool, type PoolClient } from '../../platform/postgres/index.ts'
import { CampaignError, unknownCampaign, unknownSend } from '../errors.ts'
import { lockSend, NOW, readNow, setState, type Send } from '../store.ts'
import { countAudience, deadlineOf, markChecked, readMeant } from './gate.ts'
import { insertApproval, loadApprovals, readRule, writeDecision, type Approval, type Asker } from './store.ts'
import { readSubject } from './subject.ts'

/** The account that answers for what a caller asks for: their own, or that of whoever made the key; null: none is known. */
export function askerOf({ kind, id, name, madeBy }: Caller): Asker {
  return { name, account: kind === 'user' ? id : (madeBy ?? null) }
}

/** Why somebody may not decide about a send, as a refusal; null: they may. Pure. */
export function whyNotDecide(
  caller: Pick<Caller, 'kind' | 'id' | 'role'>,
  send: Pick<Send, 'number' | 'state'>,
  approval: Pick<Approval, 'state' | 'askedId' | 'askedBy'> | undefined,
  rule: Settings['approval'],
): CampaignError | null {
  if (send.state !== 'waiting' || approval === undefined)
    return new CampaignError('conflict', 'approval_none', `Send ${send.number} is ${send.state}: there is nothing to approve.`)
  if (approval.state !== 'asked')
    return new CampaignError(
      'conflict',
      'approval_none',
      `Nobody asks for the approval of send ${send.number} as it is now. Somebody has to ask for it first.`,
    )
  if (caller.kind !== 'user')
    return new CampaignError(
      'not-allowed',
      'approval_people_only',
      'An API key approves nothing: a person has to. Sign in to the console, or use `throughline campaign approve --as ADDRESS`.',
    )
  if (caller.id === approval.askedId)
    return new CampaignError(
      'not-allowed',
      'approval_own',
      `${approval.askedBy} asked for it, and that is you, or a key that you made. Somebody else has to decide.`,
    )
  const needed = rule?.by ?? 'editor'
  if (roles.indexOf(caller.role) < roles.indexOf(needed))
    return new CampaignError(
      'not-allowed',
      'approval_role',
      `Campaigns are approved by people with the role ${needed} here, and yours is ${caller.role}.`,
      {
        field: 'role',
        value: caller.role,
        allowed: needed,
      },
    )
  return null
}

interface Asked {
  readonly campaign: string
  readonly number: number
  readonly caller: Caller
}

/**
 * Approves or refuses a send that waits for it.
 * @param onChanged called within the transaction
 * @throws CampaignError `send_unknown`, `approval_none`, `approval_own`, `approval_people_only`, `approval_role`, `approval_outdated`, `campaign_time_past`
 */
export async function decideApproval(
  pool: Pool,
  {
    campaign,
    number,
    caller,
    ...asked
  }: Asked & { readonly decision: 'approve' | 'refuse'; readonly digest: string; readonly note: string | null },
  onChanged: (client: PoolClient, approval: Approval) => Promise<void>,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    const { send, approval } = await lockAsked(client, campaign, number)
    const refusal = whyNotDecide(caller, send, approval, await readRule(client))
    if (refusal !== null) throw refusal
    if (approval === undefined) return
    const definition = await readMeant(client, send)
    if (definition === undefined) throw unknownCampaign(campaign)
    const deadline = deadlineOf(send, definition)
    if (asked.decision === 'approve') {
      const { digest } = await readSubject(client, send, definition)
      if (digest !== approval.digest || digest !== asked.digest)
        throw new CampaignError(
          'conflict',
          'approval_outdated',
          digest === approval.digest
            ? 'What you looked at is not what would go out by now. Look at it once more, then decide.'
            : 'It was changed since its approval was asked for. Somebody has to ask for the approval of what it says now.',
          { field: 'digest', value: asked.digest, allowed: approval.digest },
        )
      if (deadline !== null && deadline <= (await readNow(client)))
        throw new CampaignError(
          'conflict',
          'campaign_time_past',
          `The time of send ${number} has passed while it waited. Give the campaign a later time and send it again.`,
        )
    }
    await writeDecision(client, approval, {
      state: asked.decision === 'approve' ? 'approved' : 'refused',
      by: caller.name,
      note: asked.note,
    })
    const words = asked.note === null ? '' : ` “${asked.note}”`
    if (asked.decision === 'approve') await letGo(client, send, approval.digest, deadline, `Approved by ${caller.name}.${words}`)
    // What has begun stays on hold: it may be mended and asked for again, or cancelled.
    else if (send.startedAt === null)
      await setState(client, send.id, 'cancelled', `Not approved by ${caller.name}; nobody got it.${words}`, true)
    await onChanged(client, approval)
  })
}

async function letGo(client: PoolClient, send: Send, digest: string, deadline: number | null, note: string): Promise<void> {
  await setState(client, send.id, send.startedAt === null ? 'scheduled' : 'sending', note, false)
  // What has no time of its own goes out now, not when it was ordered.
  await client.query(
    `update campaign_sends set starts_at = case when $3::boolean then greatest(starts_at, ${NOW}) else starts_at end,
       gate_digest = case when started_at is null then gate_digest else $2::text end where id = $1::text`,
    [send.id, digest, deadline === null && send.startedAt === null],
  )
  await client.query('delete from sending_holds where what = $1::text', [send.id])
  await markChecked(client, send.id)
}

/**
 * Asks for the approval of a send as it is by now, where nobody does, it was refused, or it was changed since.
 * @param onChanged called within the transaction
 * @throws CampaignError `send_unknown`, `approval_none`, `approval_people_only`
 */
export async function askApproval(
  pool: Pool,
  { campaign, number, caller }: Asked,
  onChanged: (client: PoolClient) => Promise<void>,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    const { send, approval } = await lockAsked(client, campaign, number)
    const definition = await readMeant(client, send)
    if (definition === undefined) throw unknownCampaign(campaign)
    const subject = await readSubject(client, send, definition)
    if (!mayAsk(send, approval, subject.digest))
      throw new CampaignError(
        'conflict',
        'approval_none',
        send.state === 'waiting'
          ? `${approval?.askedBy ?? 'Somebody'} has asked for the approval of send ${number} already, and nothing was changed since.`
          : `Send ${number} is ${send.state}: there is nothing to approve.`,
      )
    const by = askerOf(caller)
    if (by.account === null)
      throw new CampaignError(
        'not-allowed',
        'approval_people_only',
        'No account stands behind this key. A person with an account has to ask for the approval.',
      )
    await insertApproval(client, send, subject, { people: await countAudience(client, send, definition), by, isOpen: false, note: null })
    await onChanged(client)
  })
}

/** Whether somebody has to ask, or may ask anew. Pure. */
export function mayAsk({ state }: Pick<Send, 'state'>, approval: Approval | undefined, digest: string): boolean {
  return state === 'waiting' && (approval === undefined || approval.state !== 'asked' || approval.digest !== digest)
}

async function lockAsked(db: Db, campaign: string, number: number): Promise<{ send: Send; approval: Approval | undefined }> {
  const send = await lockSend(db, campaign, number)
  if (send === null) throw unknownSend(campaign, number)
  return { send, approval: (await loadApprovals(db, [send.id])).get(send.id) }
}
