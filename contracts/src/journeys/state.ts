import { z } from 'zod'

/**
 * How a journey stands, whatever its version: `live` · `paused` nobody comes in, those inside stand still · `draining` nobody comes in,
 * those inside finish · `stopped` everybody has left it · `archived` the same, and out of sight.
 */
export const journeyStates = ['live', 'paused', 'draining', 'stopped', 'archived'] as const
export const journeyStateSchema = z.enum(journeyStates)
export type JourneyState = z.infer<typeof journeyStateSchema>
