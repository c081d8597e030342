import type { ChannelKind } from '@throughline/contracts'
import type { MessageEffect } from '../effects.ts'
import { stableId } from '../hash.ts'
import { addressFor, decide, type Verdict } from '../policy/index.ts'
import { compileClocks, type Compiler } from '../conditions/index.ts'
import { sayAgo } from '../time-text.ts'
import type { Resolution, Visit } from './behaviour.ts'
import { variablesOf } from './variables.ts'

/** Something that a step wants to say. */
export interface Saying {
  readonly channel: ChannelKind
  readonly template: string
  readonly purpose: 'marketing' | 'transactional'
}

/** Whether something may be said now; null while the clocks by which quiet hours are judged are still being read from history. */
export type Judge = (saying: Saying, visit: Visit) => Verdict | null

/** Policy, made ready. People's own clocks are looked at only where there are quiet hours. */
export function compileJudge(compiler: Compiler): Judge {
  const { calendar, hasQuietHours } = compiler.context
  const clocksOf = hasQuietHours === true ? compileClocks(compiler) : () => calendar
  return ({ channel, template, purpose }, { profile, journey, settings, view, now, templateVersion, above }) => {
    if (templateVersion(template) === undefined)
      return { kind: 'hold', rule: 'template', reason: `Held back: the template ${template} is not published` }
    const clocks = purpose === 'transactional' ? calendar : clocksOf(view)
    return clocks === null
      ? null
      : decide({ channel, purpose, address: addressFor(channel, profile), profile, journey, above: above(), settings, clocks, now })
  }
}

/** The wait of a message for its time. */
export function waiting(
  { channel, template }: Saying,
  { until, rule, reason, orOver }: Extract<Verdict, { kind: 'delay' }>,
): Extract<Resolution, { kind: 'wait' }> {
  return { kind: 'wait', until, delayed: { channel, template, rule, reason }, ...(orOver === true && { held: true }) }
}

/** What a verdict says, as a clause. */
export function withoutHead(reason: string): string {
  return reason.replace(/^Held back: /, '')
}

/**
 * The message that a step says, or that was held back.
 * @param more.part which of several that the step says on one passage; `because` stands in front of the reason why it is sent
 */
export function makeMessage(
  { channel, template, purpose }: Saying,
  visit: Visit,
  verdict: Exclude<Verdict, { kind: 'delay' }>,
  more: { readonly part: number; readonly because: string | null } = { part: 0, because: null },
): MessageEffect {
  const { run, journey, at, now } = visit
  const parts = [run.id, run.step, run.hops, run.version]
  return {
    kind: 'message',
    id: more.part === 0 ? stableId('message', ...parts) : stableId('message', ...parts, more.part),
    channel,
    template,
    templateVersion: visit.templateVersion(template) ?? 0,
    purpose,
    journey: journey.id,
    version: journey.version,
    step: run.step,
    run: run.id,
    ...(run.send !== undefined && { send: run.send }),
    decision: verdict.kind === 'send' ? verdict : { kind: 'hold', rule: verdict.rule },
    reason: verdict.kind === 'send' ? `${more.because === null ? '' : `${more.because}. `}${whySent(visit, now)}` : verdict.reason,
    address: addressFor(channel, visit.profile),
    at,
    variables: variablesOf(visit),
  }
}

/** `Sent: entered Recover abandoned carts by Product Added 1 hour ago, and had not reached its goal (Order Completed)`. */
function whySent({ run, journey }: Visit, now: number): string {
  if (run.send !== undefined) return `Sent: is in the audience of the campaign ${journey.name}`
  const entered = `entered ${journey.name} by ${run.trigger.name} ${sayAgo(now - run.enteredAt)}`
  return journey.goal === null ? `Sent: ${entered}` : `Sent: ${entered}, and had not reached its goal (${journey.goal})`
}
