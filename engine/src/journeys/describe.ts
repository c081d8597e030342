import type { JourneyDefinition, Step } from '@throughline/contracts'
import { describeCondition, describeMatch } from '../conditions/index.ts'
import type { WayOut } from './behaviour.ts'
import { behaviourOf } from './registry.ts'

/**
 * The journey in words, a line for the entry, for each step in the order in which people come to them, and for the goal:
 * `Starts when Product Added happens, once per person.` … `remind: send the e-mail cart-reminder, then the journey ends.`
 */
export function describeJourney(journey: JourneyDefinition): string {
  const { entry, goal, exitOn } = journey
  const lines = [
    `Starts when ${describeMatch(entry.on)} happens${entry.if === undefined ? '' : ` and: ${describeCondition(entry.if)}`}, ${describeReentry(entry.reentry)}.`,
  ]
  for (const id of stepsInOrder(journey)) {
    const step = journey.steps[id]!
    const behaviour = behaviourOf(step)
    const ways = behaviour.waysOut(step).map(({ label, next }) => {
      const to = next === undefined ? 'the journey ends' : `go on to ${next}`
      return label === undefined ? `then ${to}` : `${label}: ${to}`
    })
    lines.push(`${id}: ${[behaviour.describe(step), ...ways].join('; ')}.`)
  }
  if (goal !== undefined)
    lines.push(`Ends at once at its goal${goal.name === undefined ? '' : ` ${goal.name}`}: ${describeMatch(goal.on)}.`)
  for (const on of exitOn ?? []) lines.push(`Ends at once on ${describeMatch(on)}.`)
  return lines.join('\n')
}

/** What a step does, as a clause: `wait 1 hour`. */
export function describeStep(step: Step): string {
  return behaviourOf(step).describe(step)
}

/** Where a step leads, each way with its port and its words. */
export function waysOutOf(step: Step): readonly WayOut[] {
  return behaviourOf(step).waysOut(step)
}

function describeReentry(reentry: JourneyDefinition['entry']['reentry']): string {
  switch (reentry.kind) {
    case 'never':
      return 'once per person'
    case 'always':
      return 'again whenever the person is not in it'
    case 'after':
      return `again after ${reentry.time}`
    default:
      return reentry satisfies never
  }
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
