import { z } from 'zod'
import { conditionSchema, eventMatchSchema } from '../conditions/index.ts'
import { definitionIdSchema } from '../id.ts'
import { reentrySchema } from './reentry.ts'
import { stepIdSchema } from './steps/common.ts'
import { stepSchema } from './steps/index.ts'

export const journeySchema = z
  .strictObject({
    kind: z.literal('journey'),
    id: definitionIdSchema,
    name: z.string().min(1).max(120),
    description: z.string().max(2_000).optional(),
    entry: z.strictObject({
      on: eventMatchSchema,
      /** Checked when the event arrives. */
      if: conditionSchema.optional(),
      /** A person is in a journey at most once at a time, whatever stands here. */
      reentry: reentrySchema.default({ kind: 'never' }),
    }),
    /** The run ends at once, reason "goal", also in the middle of a wait. */
    goal: z.strictObject({ name: z.string().max(120).optional(), on: eventMatchSchema }).optional(),
    /** Events that end the run at once for another reason. */
    exitOn: z.array(eventMatchSchema).max(20).optional(),
    start: stepIdSchema,
    steps: z.record(stepIdSchema, stepSchema),
  })
  .meta({ id: 'Journey' })
export type JourneyDefinition = z.infer<typeof journeySchema>
