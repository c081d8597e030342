import type { CampaignDefinition, CampaignSend, SendAction } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { loadApprovals, toldOf } from './approval/store.ts'
import { makePace } from './pace.ts'
import { isInStage, rampOf } from './ramp/stages.ts'
import { readNow, type Send } from './store.ts'
import { readTests, readVersion } from './variants/standing.ts'

interface Row {
  [column: string]: unknown
  readonly send_id: string
  readonly what: string
  readonly n: number
}

// Everything of some sends in one statement, and so as of one instant: it has to add up. How messages ended is counted as they end; those that
// are open are few at any time, and have an index of their own.
const TALLY = `
select send_id, what, sum(n)::bigint as n from campaign_counts where send_id = any ($1::text[]) group by 1, 2
union all
select send_id, 'waits', count(*) from runs where send_id = any ($1::text[]) group by 1
union all
select send_id, case when not is_done then 'shards' else 'shards-done' end, count(*) from campaign_cursors where send_id = any ($1::text[]) group by 1, 2
union all
select send_id, 'open', count(*) from messages where send_id = any ($1::text[]) and status in ('queued', 'sending') group by 1`

const pace = makePace()

/** Why people got nothing, by the name of the rule; rules of policy that stand here not are named as they are called. */
const reasons: { readonly [rule: string]: string } = {
  excluded: 'Is in an excluded segment',
  'hold-out': 'Held out, to see what the campaign adds',
  repeated: 'Had it already, as somebody who was merged into them',
  goal: 'Did what it is for since they got it',
  answered: 'Has answered since it was ordered',
  outside: 'Is in the audience no longer',
  late: 'Their clocks had shown its time already when it was sent',
  broken: 'Could not be looked at because of an error; it stands among the rejected events',
  left: 'Left before their turn: forgotten, merged into somebody else, or in an excluded segment since',
  consent: 'Has not agreed to this channel, or took it back',
  suppression: 'Their address is suppressed',
  reachability: 'Has no address for this channel',
  template: 'The template was not published',
  failed: 'The message could not be written or handed over',
  bounced: 'The provider refused the address',
}

/**
 * What became of everybody in some sends of one campaign, in the order given.
 * @param expected how many are likely in its audience, for the share that is done
 */
export async function tallySends(
  db: Db,
  sends: readonly Send[],
  { when }: Pick<CampaignDefinition, 'when'>,
  expected: (send: Send) => Promise<number>,
): Promise<CampaignSend[]> {
  if (sends.length === 0) return []
  const now = await readNow(db)
  const ids = sends.map(({ id }) => id)
  const tests = await readTests(db, sends)
  const approvals = await loadApprovals(db, ids)
  const { rows } = await db.query<Row>({ name: 'campaign-tally', text: TALLY, values: [ids] })
  const tallied: CampaignSend[] = []
  for (const send of sends) {
    const own = rows.filter((row) => row.send_id === send.id)
    const people = send.state === 'sending' ? await expected(send) : 0
    const approval = approvals.get(send.id)
    tallied.push(
      tallyOne(send, own, {
        now,
        people,
        isByProgram: when.kind === 'api',
        test: tests.get(send.id) ?? null,
        approval: approval === undefined ? null : toldOf(approval),
        ramp: send.ramp === null ? null : await readRamp(db, send),
      }),
    )
  }
  return tallied
}

async function readRamp(db: Db, send: Send): Promise<CampaignSend['ramp']> {
  const ramp = (await readVersion(db, send))?.ramp
  return ramp === undefined ? null : rampOf(send, ramp)
}

function tallyOne(
  send: Send,
  rows: readonly Row[],
  {
    now,
    people,
    isByProgram,
    test,
    approval,
    ramp,
  }: {
    readonly now: number
    readonly people: number
    readonly isByProgram: boolean
    readonly test: CampaignSend['test']
    readonly approval: CampaignSend['approval']
    readonly ramp: CampaignSend['ramp']
  },
): CampaignSend {
  const of = (what: string): number => rows.find((row) => row.what === what)?.n ?? 0
  const ended = rows.filter(({ what }) => what.startsWith('m:') || what.startsWith('held:'))
  // Forgotten or merged into somebody else before their message ended: it is gone, or belongs to nobody.
  const left = Math.max(0, of('entered') - ended.reduce((sum, { n }) => sum + n, 0) - of('open') - of('waits') - of('cancelled-waiting'))
  const byRule = new Map<string, number>()
  for (const { what, n } of ended) {
    const rule = /^(?:m:)?held:(.*)$/.exec(what)?.[1]
    if (rule !== undefined) byRule.set(rule, (byRule.get(rule) ?? 0) + n)
  }
  const held = [
    ...[...byRule].map(([rule, people]) => ({ rule, people })),
    ...['excluded', 'repeated', 'late', 'hold-out', 'goal', 'answered', 'outside', 'broken'].map((rule) => ({ rule, people: of(rule) })),
    { rule: 'left', people: left },
  ].filter((reason) => reason.people > 0)
  const audience = of('audience')
  const underWay = of('open') + of('waits')
  return {
    campaign: send.campaign,
    number: send.number,
    version: send.version,
    state: send.state,
    by: send.by,
    orderedAt: send.orderedAt,
    undoUntil: isByProgram ? null : send.undoUntil,
    startsAt: send.startsAt,
    startedAt: send.startedAt,
    endedAt: send.endedAt,
    note: send.note,
    resend:
      send.resendOf === null || send.whom === null
        ? null
        : { of: send.resendOf, to: send.whom, exceptGoal: send.exceptGoal, subject: send.subject },
    approval,
    actions: actionsFor(send, now),
    isWhole: of('shards-done') > 0 && of('shards') === 0 && send.part !== 'test' && !isInStage(send),
    audience,
    sent: of('m:sent'),
    heldBack: held.reduce((sum, reason) => sum + reason.people, 0),
    reasons: held
      .toSorted((a, b) => b.people - a.people)
      .map((reason) => ({ ...reason, reason: reasons[reason.rule] ?? `Held back by the rule “${reason.rule}”` })),
    cancelled: of('m:cancelled') + of('cancelled') + of('cancelled-waiting'),
    underWay,
    opened: of('opened'),
    clicked: of('clicked'),
    ramp,
    test,
    progress: send.state === 'sending' ? progressOf(send, { now, handled: audience - underWay, people, sent: of('m:sent') }) : null,
  }
}

function progressOf(
  send: Send,
  found: { readonly now: number; readonly handled: number; readonly people: number; readonly sent: number },
): NonNullable<CampaignSend['progress']> {
  const all = Math.max(found.people, found.handled)
  const perMinute = pace(send, found.now, found.sent)
  return {
    share: all === 0 ? 1 : found.handled / all,
    perMinute,
    // A ramp waits between its stages, whatever its pace.
    secondsLeft: perMinute === 0 || isInStage(send) ? null : Math.ceil(((all - found.handled) * 60) / perMinute),
  }
}

/** What may be done with a send, as it stands at an instant. */
export function actionsFor({ state, undoUntil, ramp }: Pick<Send, 'state' | 'undoUntil' | 'ramp'>, now: number): SendAction[] {
  const all: SendAction[] = ramp !== null && ramp.to < 100 && !ramp.isAll ? ['send-all'] : []
  switch (state) {
    case 'scheduled':
      return undoUntil !== null && now < undoUntil ? ['undo', 'pause', 'cancel'] : ['pause', 'cancel']
    case 'waiting':
      return undoUntil !== null && now < undoUntil ? ['undo', 'cancel'] : ['cancel']
    case 'sending':
      return ['pause', ...all, 'cancel']
    case 'paused':
      return ['resume', ...all, 'cancel']
    case 'done':
    case 'cancelled':
    case 'undone':
      return []
    default:
      return state satisfies never
  }
}
