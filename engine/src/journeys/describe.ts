import type { JourneyDefinition, Step } from '@throughline/contracts'
import type { WayOut } from './behaviour.ts'
import { behaviourOf } from './registry.ts'
import { describeRules } from './words.ts'

/**
 * The journey in words: its rules, and a line for each step in the order in which people come to them:
 * `Starts when Product Added happens; once per person.` … `remind: send the e-mail cart-reminder; then the journey ends.`
 */
export function describeJourney(journey: JourneyDefinition): string {
  const steps = stepsInOrder(journey).map((id) => {
    const step = journey.steps[id]!
    const behaviour = behaviourOf(step)
    const ways = behaviour.waysOut(step).map(({ label, next }) => {
      const to = next === undefined ? 'the journey ends' : `go on to ${next}`
      return label === undefined ? `then ${to}` : `${label}: ${to}`
    })
    return `${id}: ${[behaviour.describe(step), ...ways].join('; ')}.`
  })
  const [starts, ...rules] = describeRules(journey)
  return [starts, ...steps, ...rules].join('\n')
}

/** What a step does, as a clause: `wait 1 hour`. */
export function describeStep(step: Step): string {
  return behaviourOf(step).describe(step)
}

/** Whether a step says messages, so that later steps may ask what became of them. */
export function saysMessages(step: Step): boolean {
  return behaviourOf(step).says === true
}

/** Whether a step may be answered fields, so that later steps may ask about them. */
export function isAnswered(step: Step): boolean {
  return behaviourOf(step).answers === true
}

/** Whether something that happens moves whoever stands at a step. */
export function hearsAnything(step: Step): boolean {
  return behaviourOf(step).hears(step).length > 0
}

/** Where a step leads, each way with its port and its words. */
export function waysOutOf(step: Step): readonly WayOut[] {
  return behaviourOf(step).waysOut(step)
}

/** Ids of the steps that can be reached, from the start, breadth first. */
export function stepsInOrder(journey: JourneyDefinition): readonly string[] {
  const found = new Set<string>()
  const queue = [journey.start]
  for (const id of queue) {
    const step = journey.steps[id]
    if (step === undefined || found.has(id)) continue
    found.add(id)
    for (const { next } of behaviourOf(step).waysOut(step)) if (next !== undefined) queue.push(next)
  }
  return [...found]
}
