import { valueAt, type Json, type JsonObject, type Taken } from '@throughline/contracts'
import { readTrait } from '../conditions/index.ts'
import type { Visit } from './behaviour.ts'

type Record<T> = { readonly [name: string]: T }

/** What a step says at this instant; what is not there is left out. */
export function readTaken(said: Record<Taken>, visit: Visit): JsonObject {
  const found: { [name: string]: Json } = {}
  for (const [name, taken] of Object.entries(said)) {
    const value = read(taken, visit)
    if (value !== undefined && value !== null) found[name] = value
  }
  return found
}

function read(taken: Taken, { profile, run, computed }: Visit): Json | undefined {
  if (typeof taken !== 'object') return taken
  if ('event' in taken) return valueAt(run.trigger.properties, taken.event)
  if ('answer' in taken) return valueAt(run.answers ?? {}, taken.answer)
  // A trait that the shop told goes before a figure of the same name.
  return readTrait(profile.traits, taken.trait) ?? computed()[taken.trait]
}

/** `offer spring, plan from the trait plan` */
export function describeTaken(said: Record<Taken>): string {
  return Object.entries(said)
    .map(([name, taken]) => {
      if (typeof taken !== 'object') return `${name} ${JSON.stringify(taken)}`
      if ('answer' in taken) return `${name} from the answer ${taken.answer}`
      return 'event' in taken ? `${name} from ${taken.event} of what started it` : `${name} from the trait ${taken.trait}`
    })
    .join(', ')
}
