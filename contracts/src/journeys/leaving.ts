import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { conditionSchema, eventMatchSchema } from '../conditions/index.ts'
import { durationSchema } from '../duration.ts'
import { definitionIdSchema } from '../id.ts'
import { propertyPathSchema } from './property-path.ts'

/** What the journey is for. */
export const goalSchema = z.strictObject({
  name: z.string().min(1).max(120).optional(),
  on: eventMatchSchema,
  /** Checked when the event arrives, which counts already: a second order is one of whoever did it at least twice. */
  if: conditionSchema.optional(),
  /** Where the journey has a key: the property in which this event names it; left out, it is the goal of all runs of the person. */
  key: propertyPathSchema.optional(),
  /** So long it counts, also when the run is over; left out, as long as the run goes on. */
  within: durationSchema.optional(),
  /** From when `within` counts. */
  since: z.enum(['entry', 'message']).default('entry'),
  /** Whether the run ends by it. */
  afterwards: z.enum(['leave', 'stay']).default('leave'),
})
export type JourneyGoal = z.infer<typeof goalSchema>

/** What ends a run at once for another reason, also in the middle of a wait. */
export const exitRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), on: eventMatchSchema, key: propertyPathSchema.optional() }),
  /** It becomes true, by what the person does or by time; nobody comes in for whom it is. */
  z.strictObject({ kind: z.literal('condition'), if: conditionSchema }),
  z.strictObject({ kind: z.literal('segment-left'), segment: definitionIdSchema }),
  z.strictObject({ kind: z.literal('consent-withdrawn'), channel: channelKindSchema }),
])
export type JourneyExit = z.infer<typeof exitRuleSchema>
