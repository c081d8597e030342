import {
  templateSchema,
  usualGoal,
  type CampaignDefinition,
  type Condition,
  type ResendTo,
  type RouteResponse,
} from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { CampaignError, unknownSend } from './errors.ts'
import { audienceOf, type EstimateDeps } from './estimate.ts'
import { countSilent } from './resend-people.ts'
import { insertSend, loadSends, readNow, type Send } from './store.ts'
import { UNDO_MS } from './times.ts'

/** Whom a resend is for, and what is said otherwise. */
export interface Resend {
  readonly to: ResendTo
  readonly exceptGoal: boolean
  readonly subject?: string | undefined
}

interface Found {
  readonly definition: CampaignDefinition
  readonly version: number
}

/** The send that is sent again, which has to be over, and nothing else of the campaign on its way. */
export async function findResendable(db: Db, { definition }: Found, number: number): Promise<Send> {
  const sends = await loadSends(db, definition.id)
  const before = sends.find((one) => one.number === number)
  if (before === undefined) throw unknownSend(definition.id, number)
  if (before.startedAt === null || before.endedAt === null)
    throw new CampaignError(
      'conflict',
      'send_not_over',
      before.startedAt === null && before.endedAt !== null
        ? `Nobody got send ${number} of the campaign "${definition.id}", so there is nobody who did not answer it.`
        : `Send ${number} of the campaign "${definition.id}" is ${before.state}. Wait for its end, or cancel it first.`,
      { field: 'number', value: number },
    )
  const open = sends.find(({ endedAt, startedAt, resendOf }) => endedAt === null && (startedAt !== null || resendOf !== null))
  if (open !== undefined && definition.when.kind !== 'api')
    throw new CampaignError(
      'conflict',
      'campaign_under_way',
      `Send ${open.number} of the campaign "${definition.id}" is ${open.state}. Wait for its end, or cancel it first.`,
      { field: 'id', value: definition.id },
    )
  return before
}

/** Orders a send to those who did not answer an earlier one, within the transaction that has locked the campaign. */
export async function orderResend(db: Db, found: Found, before: Send, resend: Resend, by: string, key: string | null): Promise<Send> {
  const { definition, version } = found
  if (resend.subject !== undefined) await checkSubject(db, definition)
  const undoUntil = (await readNow(db)) + UNDO_MS
  return insertSend(db, {
    campaign: definition.id,
    version,
    isSeries: false,
    by,
    key,
    properties: before.properties,
    undoUntil,
    startsAt: undoUntil,
    slot: null,
    resend: { of: before.number, whom: resend.to, exceptGoal: resend.exceptGoal, subject: resend.subject ?? null },
  })
}

/** Only where there is a line to put another in place of. */
async function checkSubject(db: Db, { id, message }: CampaignDefinition): Promise<void> {
  const { rows } = await db.query<{ body: unknown }>(
    `select body from definitions where kind = 'template' and id = $1::text order by version desc limit 1`,
    [message.template],
  )
  const template = templateSchema.safeParse(rows[0]?.body)
  if (template.success && !('subject' in template.data) && !('title' in template.data && template.data.title !== undefined))
    throw new CampaignError(
      'bad-input',
      'campaign_subject_none',
      `The template "${message.template}" of the campaign "${id}" has no subject line or title, so there is none to say otherwise. Leave "subject" out.`,
      { field: 'subject', allowed: 'nothing' },
    )
}

/**
 * How many a resend is for, how many of them are still meant and reached, and what that costs.
 * @throws as a preview of a segment does
 */
export async function estimateResend(
  db: Db,
  deps: EstimateDeps,
  { definition }: Found,
  before: Send,
  { to, exceptGoal }: Resend,
  signal: AbortSignal,
): Promise<RouteResponse<'estimateResend'>> {
  const own = [
    { property: 'journey', compare: { op: 'is' as const, value: `campaign:${definition.id}` } },
    { property: 'send', compare: { op: 'is' as const, value: before.number } },
  ]
  const person = { property: 'machine', compare: { op: 'is' as const, value: false } }
  const did = (event: string, where: typeof own | [...typeof own, typeof person]): Condition => ({
    kind: 'event',
    event,
    where,
    times: { op: 'at-least', n: 1 },
  })
  const answered: Condition[] = [
    did('Message Clicked', [...own, person]),
    ...(to === 'not-opened' ? [did('Message Opened', [...own, person])] : []),
    ...(exceptGoal
      ? [
          {
            kind: 'event' as const,
            event: (definition.goal ?? usualGoal).event,
            times: { op: 'at-least' as const, n: 1 },
            between: { from: new Date(before.startedAt ?? 0).toISOString() },
          },
        ]
      : []),
  ]
  const where: Condition = {
    kind: 'all',
    of: [audienceOf(definition), did('Message Sent', own), { kind: 'not', of: { kind: 'any', of: answered } }],
  }
  const [audience, found] = await Promise.all([
    countSilent(db, { before, whom: to }),
    deps.preview({ where, parts: ['reach'], overlap: [], quick: false, purpose: definition.message.purpose }, signal),
  ])
  const reach = found.reach?.find(({ channel }) => channel === definition.message.channel)
  return {
    audience,
    meant: Math.min(audience, found.size),
    reachable: Math.min(audience, reach?.people ?? 0),
    exact: reach?.exact ?? found.exact,
    margin: reach?.margin ?? found.margin,
    cost: reach?.cost ?? null,
    currency: found.currency,
  }
}
