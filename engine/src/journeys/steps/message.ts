import type { JsonObject, StepOf } from '@throughline/contracts'
import type { MessageEffect } from '../../effects.ts'
import { stableId } from '../../hash.ts'
import { addressFor, decide, type Verdict } from '../../policy/index.ts'
import { sayAgo } from '../../time-text.ts'
import type { StepBehaviour, Visit } from '../behaviour.ts'

/** Says something on a channel if policy allows it; goes on either way, and waits where policy delays it. */
export const message: StepBehaviour<StepOf<'message'>> = {
  compile(step) {
    return (visit, { kind }) => {
      if (kind === 'event') return null
      const { profile, settings, now } = visit
      const address = addressFor(step.channel, profile)
      const templateVersion = visit.templateVersion(step.template)
      const verdict: Verdict =
        templateVersion === undefined
          ? { kind: 'hold', rule: 'template', reason: `Held back: the template ${step.template} is not published` }
          : decide({ channel: step.channel, purpose: step.purpose, address, profile, settings, now })
      if (verdict.kind === 'delay') return { kind: 'wait', until: verdict.until }
      return { kind: 'go', port: 'next', message: makeMessage(step, visit, verdict, address, templateVersion ?? 0) }
    }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  says: true,
  takesTime: () => false,
  hears: () => [],
  describe: (step) => `send the ${step.channel === 'email' ? 'e-mail' : step.channel} ${step.template}`,
}

function makeMessage(
  step: StepOf<'message'>,
  visit: Visit,
  verdict: Exclude<Verdict, { kind: 'delay' }>,
  address: string | null,
  templateVersion: number,
): MessageEffect {
  const { run, journey, at, now } = visit
  const { name, timestamp, properties } = run.trigger
  return {
    kind: 'message',
    id: stableId('message', run.id, run.step, run.hops, run.version),
    channel: step.channel,
    template: step.template,
    templateVersion,
    purpose: step.purpose,
    journey: journey.id,
    version: journey.version,
    step: run.step,
    run: run.id,
    decision: verdict.kind === 'send' ? verdict : { kind: 'hold', rule: verdict.rule },
    reason: verdict.kind === 'send' ? whySent(visit, now) : verdict.reason,
    address,
    at,
    variables: {
      event: { name, timestamp, properties },
      journey: { id: journey.id, name: journey.name },
      ...computedFor(visit),
    },
  }
}

/** What computed traits say at this instant, beside the traits in the template's `profile`; nothing where there are none. */
function computedFor(visit: Visit): { readonly computed?: JsonObject } {
  const computed = visit.computed()
  return Object.keys(computed).length === 0 ? {} : { computed }
}

/** `Sent: entered Recover abandoned carts by Product Added 1 hour ago, and had not reached its goal (Order Completed)`. */
function whySent({ run, journey }: Visit, now: number): string {
  const entered = `entered ${journey.name} by ${run.trigger.name} ${sayAgo(now - run.enteredAt)}`
  return journey.goal === null ? `Sent: ${entered}` : `Sent: ${entered}, and had not reached its goal (${journey.goal})`
}
