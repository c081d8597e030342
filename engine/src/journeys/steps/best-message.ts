import { durationToMs, factsOf, type StepOf } from '@throughline/contracts'
import type { Resolution, StepBehaviour, Visit } from '../behaviour.ts'
import { compileOrder, type OrderChannels } from '../learned-order.ts'
import { compileJudge, makeMessage, waiting, withoutHead, type Judge } from '../message.ts'
import { outcomesHeard } from '../outcomes.ts'

type BestMessage = StepOf<'best-message'>

/**
 * Says something by the first channel in the list, or in the order that is learned, that reaches the person and that policy allows; one
 * that refuses is passed over at once, one that only asks for patience is waited for. Where `unanswered` is set, whoever has not answered
 * by then gets it by the next channel that is left, and so on; whatever is heard until the very instant at which the time is up counts as
 * an answer.
 */
export const bestMessage: StepBehaviour<BestMessage> = {
  compile(step, compiler) {
    const means: Means = { judge: compileJudge(compiler), orderOf: compileOrder(step, compiler) }
    const patience = step.unanswered === undefined ? null : durationToMs(step.unanswered)
    return (visit, { kind }) => {
      const { run, now } = visit
      const tried = run.tried ?? []
      if (tried.length > 0 && hasAnswered(visit, kind === 'wake' ? (run.wakesAt ?? now) : now)) return { kind: 'go', port: 'next' }
      return kind === 'event' ? null : sayByNext(step, visit, tried, patience, means)
    }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: ({ unanswered }) => (unanswered === undefined ? [] : outcomesHeard),
  says: true,
  hearsOwn: ({ unanswered }) => unanswered !== undefined,
  describe: ({ channels, learned, unanswered }) =>
    `say it by the best of ${channels.map(({ channel, template }) => `${channel} (${template})`).join(', ')}${
      learned === undefined ? '' : ', the one first that the person is likeliest to answer'
    }${unanswered === undefined ? '' : `; unanswered for ${unanswered}, by the next`}`,
}

function hasAnswered({ run }: Visit, until: number): boolean {
  const heard = run.said?.[run.step]?.heard ?? {}
  return (run.reached ?? []).length > 0 || ['opened', 'clicked', 'replied'].some((name) => (heard[name] ?? Infinity) <= until)
}

interface Means {
  readonly judge: Judge
  readonly orderOf: OrderChannels
}

function sayByNext(
  step: BestMessage,
  visit: Visit,
  tried: readonly number[],
  patience: number | null,
  { judge, orderOf }: Means,
): Resolution {
  const { channels, purpose } = step
  const why = tried.map((index) => `the ${factsOf(channels[index]!.channel).one} was not answered within ${step.unanswered}`)
  const left = channels.map((_, index) => index).filter((index) => !tried.includes(index))
  const order = orderOf(visit, left)
  if (order === null) return { kind: 'undecided' }
  for (const index of order.places) {
    const say = { ...channels[index]!, purpose }
    const verdict = judge(say, visit)
    if (verdict === null) return { kind: 'undecided' }
    if (verdict.kind === 'delay') return { ...waiting(say, verdict), tried }
    if (verdict.kind === 'hold') {
      why.push(withoutHead(verdict.reason))
      continue
    }
    const because = [...why, ...order.why(index)]
    const message = makeMessage(say, visit, verdict, {
      part: tried.length,
      because: because.length === 0 ? null : `By ${factsOf(say.channel).word}: ${because.join('; ')}`,
    })
    if (patience === null || left.length === 1) return { kind: 'go', port: 'next', message }
    return { kind: 'wait', until: visit.at + patience, message, tried: [...tried, index] }
  }
  const first = { ...channels[order.places[0] ?? 0]!, purpose }
  const reason = `Held back: no channel is open: ${why.join('; ')}`
  const held = { kind: 'hold', rule: 'no-channel', reason } as const
  return { kind: 'go', port: 'next', message: makeMessage(first, visit, held, { part: tried.length, because: null }) }
}
