import type { CampaignDefinition } from '@throughline/contracts'
import { loadLatestOf } from '../../journeys/index.ts'
import { withTransaction, type Db, type Pool } from '../../platform/postgres/index.ts'
import { countSilent } from '../resend-people.ts'
import { loadSend, lockSendById, NOW, setState, type Send } from '../store.ts'
import { BEHIND_MS, isSeries } from '../times.ts'
import { readVersion } from '../variants/standing.ts'
import { insertApproval, isApprovedBefore, loadApprovals, readRule, type Asker } from './store.ts'
import { changesBetween, readSubject } from './subject.ts'

/*
 * A send that needs a second person:
 *
 *   ordered, or found without ──▶ waiting: asked ──approved by another──▶ scheduled, or sending where it had begun
 *                                   ▲   │  └──refused──▶ cancelled; where it had begun it stays waiting: refused
 *                                   │   └──its time passes──▶ cancelled, with the reason
 *          asked by an account ─────┤
 *                                 waiting: open ◀── what was approved was changed, or a program ordered it that no account stands behind
 */

/** What a send says: its version, or of a series, before it begins, what is in force. */
export async function readMeant(db: Db, send: Send): Promise<CampaignDefinition | undefined> {
  if (!send.isSeries || send.startedAt !== null) return readVersion(db, send)
  return (await loadLatestOf(db, 'campaign')).find(({ definition }) => definition.id === send.campaign)?.definition
}

/** How many are in the audience of a send now, exclusions not taken off. */
export async function countAudience(db: Db, send: Send, { audience }: CampaignDefinition): Promise<number> {
  if (send.resendOf !== null && send.whom !== null)
    return countSilent(db, { before: await loadSend(db, send.campaign, send.resendOf), whom: send.whom })
  const { rows } =
    audience.segment === undefined
      ? await db.query<{ n: number }>('select count(*) as n from profiles where merged_into is null')
      : await db.query<{ n: number }>('select coalesce(sum(n), 0)::bigint as n from segment_counts where segment_id = $1::text', [
          audience.segment,
        ])
  return rows[0]!.n
}

/**
 * Whether a send may go out, or go on. If a second person has to approve it first, it waits from now on, with the transaction.
 * @param send locked by the caller
 * @param asker who orders it now; null: it was ordered before, and somebody has to ask
 */
export async function passGate(db: Db, send: Send, definition: CampaignDefinition, asker: Asker | null): Promise<boolean> {
  const rule = await readRule(db)
  if (rule === null) return true
  const people = await countAudience(db, send, definition)
  if (people <= rule.above) return true
  const subject = await readSubject(db, send, definition)
  // What went out until now goes on, however many there are by now.
  if (send.startedAt !== null && (send.gateDigest === null || send.gateDigest === subject.digest)) return true
  const last = (await loadApprovals(db, [send.id])).get(send.id)
  if (last?.state === 'approved' && last.digest === subject.digest) return true
  const isEach = (isSeries(definition.when) || definition.when.kind === 'api') && send.resendOf === null
  if (isEach && (await isApprovedBefore(db, send.campaign, subject.digest))) return true
  const by = asker ?? { name: last?.askedBy ?? send.by, account: last?.askedId ?? null }
  const changed = last?.state === 'approved' ? changesBetween(last.parts, subject.parts).map(({ kind, name }) => nameOf(kind, name)) : []
  const isOpen = asker === null || asker.account === null
  await insertApproval(db, send, subject, { people, by, isOpen, note: isOpen ? whyOpen(changed, last?.decidedBy ?? null, asker) : null })
  await setState(db, send.id, 'waiting', null, false)
  if (send.startedAt !== null)
    await db.query(`insert into sending_holds (what, since, set_by) values ($1::text, ${NOW}, 'approval') on conflict do nothing`, [
      send.id,
    ])
  return false
}

function whyOpen(changed: readonly string[], approvedBy: string | null, asker: Asker | null): string {
  if (changed.length > 0)
    return `${capital(changed.join(' and '))} ${changed.length === 1 ? 'was' : 'were'} changed after ${approvedBy ?? 'somebody'} had approved it. Ask for the approval of what it says now.`
  if (asker !== null) return 'A program ordered it that no account stands behind. Somebody with an account has to ask for its approval.'
  return 'It needs an approval by now, and nobody has asked for one.'
}

const nameOf = (kind: string, name: string): string => (kind === 'send' ? 'the time or the line of the send' : `the ${kind} “${name}”`)
const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`

/**
 * When a send that waits is too late, epoch ms: its planned time, or, by each person's clocks, when that is over everywhere; null: it goes out
 * when it is approved, or has begun already.
 */
export function deadlineOf({ startsAt, slot, startedAt, resendOf }: Send, { when }: CampaignDefinition): number | null {
  if (startedAt !== null || resendOf !== null || when.kind === 'now' || when.kind === 'api') return null
  return slot === null ? startsAt : slot + BEHIND_MS
}

// Whoever publishes anything or changes the settings raises the epoch.
const UNCHECKED = `
select id from campaign_sends where ended_at is null and state in ('scheduled', 'sending')
  and gate_epoch is distinct from (select definitions_epoch from workspace where id = 1)`

/** Looks at all sends on their way once more after anything was published or set: what was approved has to be what goes out. */
export async function recheckSends(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ id: string }>({ name: 'campaign-unchecked', text: UNCHECKED })
  for (const { id } of rows) {
    await withTransaction(pool, async (client) => {
      const send = await lockSendById(client, id)
      if (send.endedAt !== null || (send.state !== 'scheduled' && send.state !== 'sending')) return
      // Before what is read: what is published meanwhile is looked at in the next round.
      await markChecked(client, id)
      const definition = await readMeant(client, send)
      if (definition !== undefined) await passGate(client, send, definition, null)
    })
  }
}

export async function markChecked(db: Db, send: string): Promise<void> {
  await db.query('update campaign_sends set gate_epoch = (select definitions_epoch from workspace where id = 1) where id = $1::text', [
    send,
  ])
}
