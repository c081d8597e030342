import type { JsonObject } from '@throughline/contracts'
import type { Visit } from './behaviour.ts'

/** What a template can name besides the person and the shop; what there is none of is left out. */
export function variablesOf({ run, journey, computed }: Visit): JsonObject {
  const { name, timestamp, properties } = run.trigger
  const figures = computed()
  return {
    event: { name, timestamp, properties },
    journey: { id: journey.id, name: journey.name },
    ...(Object.keys(figures).length > 0 && { computed: figures }),
    ...(run.answers !== undefined && { answers: run.answers }),
  }
}
