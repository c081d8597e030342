import {
  exitsOf,
  goalsOf,
  priorityOf,
  readDate,
  startsOf,
  type JourneyDefinition,
  type JourneyEntry,
  type Problem,
} from '@throughline/contracts'
import { findReferenceFaults } from './shop-events.ts'

/** What is wrong with the rules of a journey besides its steps: keys that nothing brings, times that never come. */
export function* findRuleProblems(journey: JourneyDefinition): Iterable<Problem> {
  yield* findKeyProblems(journey)
  const { id, opens, closes } = journey
  const [from, to] = [opens, closes].map((text) => (text === undefined ? undefined : readDate(text)?.ms))
  if (from !== undefined && to !== undefined && from >= to) {
    yield {
      field: 'closes',
      value: closes,
      allowed: `a time after ${opens}`,
      message: `journey "${id}" closes at ${closes}, before it opens at ${opens}: nobody could come in`,
    }
  }
  for (const [index, entry] of startsOf(journey).entries()) {
    if (entry.kind !== 'shop-event') continue
    for (const { field, text, fault } of findReferenceFaults(entry.concerns)) {
      yield {
        field: `entries.${index}.concerns${field}`,
        value: text,
        allowed: 'in the value of a comparison, {event.NAME} with the name of a property of the event, such as {event.product_id}',
        message: `"${text}" in entry ${index + 1} of journey "${id}" ${fault}`,
      }
    }
  }
  if (journey.alone !== undefined && priorityOf(journey) === 0) {
    yield {
      field: 'priority',
      value: 0,
      allowed: '1 to 100, or no "alone"',
      message: `journey "${id}" makes less important journeys hold back, and none is less important than one of priority 0`,
    }
  }
  for (const [index, goal] of goalsOf(journey).entries()) {
    if (goal.since === 'entry' || goal.within !== undefined) continue
    yield {
      field: `goals.${index}.since`,
      value: goal.since,
      allowed: 'entry, or a time in within',
      message: `goal ${index + 1} of journey "${id}" counts from the last message, but "within" does not say how long`,
    }
  }
}

function bringsProperties(kind: JourneyEntry['kind']): boolean {
  return kind !== 'segment' && kind !== 'trait' && kind !== 'date' && kind !== 'audience'
}

function* findKeyProblems(journey: JourneyDefinition): Iterable<Problem> {
  const { id, key } = journey
  if (key !== undefined) {
    for (const [index, { kind }] of startsOf(journey).entries()) {
      if (bringsProperties(kind)) continue
      yield {
        field: `entries.${index}.kind`,
        value: kind,
        allowed: 'event, form, shop-event, inbound, api or journey, which bring properties',
        message: `journey "${id}" is entered once per ${key}, and its entry ${index + 1} (${kind}) brings none`,
      }
    }
    return
  }
  for (const field of keysAsked(journey)) {
    yield {
      field,
      value: undefined,
      allowed: 'no key, or a "key" of the journey',
      message: `journey "${id}" has no "key", so that nothing can be told apart by the one in ${field}`,
    }
  }
}

function* keysAsked(journey: JourneyDefinition): Iterable<string> {
  for (const [index, goal] of goalsOf(journey).entries()) if (goal.key !== undefined) yield `goals.${index}.key`
  const short = journey.exitOn?.length ?? 0
  for (const [index, exit] of exitsOf(journey).entries())
    if (exit.kind === 'event' && exit.key !== undefined) yield `exits.${index - short}.key`
  for (const [id, step] of Object.entries(journey.steps)) {
    if (step.kind !== 'wait-for') continue
    for (const [index, { key }] of step.any.entries()) if (key !== undefined) yield `steps.${id}.any.${index}.key`
  }
}
