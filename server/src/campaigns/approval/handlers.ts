import type { Handlers } from '../../platform/http/index.ts'
import type { Db, Pool } from '../../platform/postgres/index.ts'
import { loadLatest } from '../../journeys/index.ts'
import { unknownCampaign, unknownSend } from '../errors.ts'
import { loadSends, type Send } from '../store.ts'
import { describeCampaign } from '../words.ts'
import { askApproval, decideApproval, mayAsk, whyNotDecide } from './decide.ts'
import { countAudience, readMeant } from './gate.ts'
import { loadApprovals, loadLastApproved, readRule, toldOf } from './store.ts'
import { changesBetween, subjectOf } from './subject.ts'

/** Handlers of the approval of sends by a second person. */
export function makeApprovalHandlers({ pool }: { readonly pool: Pool }) {
  return {
    async sendApproval({ params, auth }) {
      const send = await findSend(pool, params.id, params.number)
      const definition = await readMeant(pool, send)
      if (definition === undefined) throw unknownCampaign(params.id)
      const approval = (await loadApprovals(pool, [send.id])).get(send.id)
      const [latest, before, rule, people] = await Promise.all([
        loadLatest(pool),
        loadLastApproved(pool, send.campaign, approval),
        readRule(pool),
        countAudience(pool, send, definition),
      ])
      const inForce = latest.map(({ definition: one }) => one)
      const { parts, digest } = subjectOf(send, definition, inForce)
      const refusal = whyNotDecide(auth, send, approval, rule)
      const isChanged = approval !== undefined && approval.digest !== digest
      return {
        approval: approval === undefined ? null : toldOf(approval),
        digest,
        sentence: describeCampaign(definition, inForce),
        people,
        isChanged,
        since:
          before === null
            ? null
            : {
                number: Number(before.send.slice(before.send.lastIndexOf('#') + 1)),
                by: before.decidedBy ?? '',
                at: before.decidedAt ?? 0,
              },
        changes: before === null ? [] : changesBetween(before.parts, parts),
        mayDecide: refusal === null && !isChanged,
        mayAsk: mayAsk(send, approval, digest),
        whyNot:
          refusal?.message ??
          (isChanged ? 'It was changed since its approval was asked for. Somebody has to ask for the approval of what it says now.' : null),
      }
    },
    async decideApproval({ params, body, auth, audit }) {
      const asked = { campaign: params.id, number: params.number, caller: auth, ...body, note: body.note ?? null }
      await decideApproval(pool, asked, async (client, { askedBy }) => {
        audit.note({
          subject: `${params.id}#${params.number}`,
          after: { decision: body.decision, askedBy, digest: body.digest, note: body.note ?? null },
        })
        await audit.commit(client)
      })
      return { approval: await told(pool, params.id, params.number) }
    },
    async askApproval({ params, auth, audit }) {
      await askApproval(pool, { campaign: params.id, number: params.number, caller: auth }, async (client) => {
        audit.note({ subject: `${params.id}#${params.number}`, after: { approval: 'asked' } })
        await audit.commit(client)
      })
      return { approval: await told(pool, params.id, params.number) }
    },
  } satisfies Handlers<'sendApproval' | 'decideApproval' | 'askApproval'>
}

async function told(db: Db, campaign: string, number: number) {
  const send = await findSend(db, campaign, number)
  return toldOf((await loadApprovals(db, [send.id])).get(send.id)!)
}

async function findSend(db: Db, campaign: string, number: number): Promise<Send> {
  const send = (await loadSends(db, campaign)).find((one) => one.number === number)
  if (send === undefined) throw unknownSend(campaign, number)
  return send
}
