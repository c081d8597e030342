import { z } from 'zod'
import { durationSchema, durationToMs } from '../duration.ts'
import type { JourneyDefinition } from './journey.ts'

/** How important a journey is among the others of a person, from 0 to 100; the middle where nothing is said. */
export const prioritySchema = z.int().min(0).max(100)

/** Priorities that have a name. */
export const namedPriorities = { high: 75, normal: 50, low: 25 } as const

/**
 * While somebody is in a journey, those of lower priority do not take them in (`stay-out`), or they do and their marketing waits until it
 * is over, at most so long (`wait`).
 */
export const aloneSchema = z.discriminatedUnion('others', [
  z.strictObject({ others: z.literal('stay-out') }),
  z.strictObject({
    others: z.literal('wait'),
    atMost: durationSchema
      .refine((time) => durationToMs(time) > 0 && durationToMs(time) <= 90 * 86_400_000, 'a time of up to 90 days')
      .default('7 days'),
  }),
])
export type Alone = z.infer<typeof aloneSchema>

/** The priority of a journey, also where it says none. */
export function priorityOf({ priority }: Pick<JourneyDefinition, 'priority'>): number {
  return priority ?? namedPriorities.normal
}

/** A priority in words: `high`, `normal`, `low`, or the number where it has no name. */
export function priorityWords(priority: number): string {
  return Object.entries(namedPriorities).find(([, value]) => value === priority)?.[0] ?? String(priority)
}
