import { durationToMs, type ChannelKind, type JourneyDefinition, type Step, type StepOf } from '@throughline/contracts'
import { behaviourOf } from '../registry.ts'
import { stepsInOrder } from '../describe.ts'

type MessageStep = StepOf<'message' | 'best-message'>

function isMessage(step: Step): step is MessageStep {
  return step.kind === 'message' || step.kind === 'best-message'
}

/** The templates that a journey's messages use, each once. */
export function templateIdsOf(journey: JourneyDefinition): ReadonlySet<string> {
  return new Set(
    stepsInOrder(journey).flatMap((id) => {
      const step = journey.steps[id]!
      return step.kind === 'message' ? [step.template] : step.kind === 'best-message' ? step.channels.map(({ template }) => template) : []
    }),
  )
}

/** Where a message leads on to. */
export function afterMessage(journey: JourneyDefinition, id: string): string | undefined {
  const step = journey.steps[id]
  return step !== undefined && isMessage(step) ? step.next : undefined
}

export function channelsOf(journey: JourneyDefinition): readonly ChannelKind[] {
  return [...new Set(stepsInOrder(journey).flatMap((id) => channelsOfStep(journey.steps[id]!)))]
}

function channelsOfStep(step: Step): readonly ChannelKind[] {
  return step.kind === 'message' ? [step.channel] : step.kind === 'best-message' ? step.channels.map(({ channel }) => channel) : []
}

/** The fewest and the most messages that one person can get on the way; `most` is infinite where a circle sends again and again. */
export function countMessages(journey: JourneyDefinition): { readonly least: number; readonly most: number } {
  const known = new Map<string, { readonly least: number; readonly most: number }>()
  const open = new Set<string>()
  return from(journey.start)

  function from(id: string | undefined): { readonly least: number; readonly most: number } {
    const step = id === undefined ? undefined : journey.steps[id]
    if (id === undefined || step === undefined) return { least: 0, most: 0 }
    const found = known.get(id)
    if (found !== undefined) return found
    // Who goes round comes by whatever lies on the circle as often as they go round.
    if (open.has(id)) return { least: Number.POSITIVE_INFINITY, most: sendsOnCircle(id) ? Number.POSITIVE_INFINITY : 0 }
    open.add(id)
    const ways = behaviourOf(step).waysOut(step)
    const behind = ways.length === 0 ? [{ least: 0, most: 0 }] : ways.map(({ next }) => from(next))
    open.delete(id)
    const own =
      step.kind === 'best-message' && step.unanswered !== undefined ? step.channels.length : Math.min(1, channelsOfStep(step).length)
    const counted = {
      least: Math.min(own, 1) + Math.min(...behind.map(({ least }) => least)),
      most: own + Math.max(...behind.map(({ most }) => most)),
    }
    // What was found while a circle is open may not hold from elsewhere.
    if (open.size === 0 || (Number.isFinite(counted.least) && Number.isFinite(counted.most))) known.set(id, counted)
    return counted
  }

  function sendsOnCircle(id: string): boolean {
    const ids = [...open]
    return ids.slice(ids.indexOf(id)).some((one) => channelsOfStep(journey.steps[one]!).length > 0)
  }
}

/** Steps that take time between two places, in their order. */
export interface Stretch {
  readonly steps: readonly Step[]
  readonly to: string
}

/** From a step to the first message behind it, for whoever does nothing; `undefined` when that way comes to none. */
export function quietWay(journey: JourneyDefinition, from: string | undefined): Stretch | undefined {
  const steps: Step[] = []
  const seen = new Set<string>()
  for (let id = from; id !== undefined && !seen.has(id);) {
    seen.add(id)
    const step = journey.steps[id]
    if (step === undefined) return undefined
    if (isMessage(step)) return { steps, to: id }
    const ways = behaviourOf(step).waysOut(step)
    // Hours let pass whoever comes within them, and hold whoever does not.
    if (behaviourOf(step).takesTime(step) || step.kind === 'reaction' || step.kind === 'time-window' || step.kind === 'wait-until')
      steps.push(step)
    id = (ways.find(({ port }) => port === 'otherwise' || port === 'next') ?? ways[0])?.next
  }
  return undefined
}

/** How long a stretch is, ms; `undefined` where it depends on clocks or dates. */
export function lengthOf({ steps }: Stretch): number | undefined {
  let sum = 0
  for (const step of steps) {
    if (step.kind === 'wait') sum += durationToMs(step.for)
    else if (step.kind === 'wait-for' || step.kind === 'reaction') sum += durationToMs(step.upTo)
    else return undefined
  }
  return sum
}
