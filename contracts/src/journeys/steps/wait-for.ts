import { z } from 'zod'
import { eventMatchSchema } from '../../conditions/index.ts'
import { durationSchema } from '../../duration.ts'
import { propertyPathSchema } from '../property-path.ts'
import { common, stepIdSchema } from './common.ts'

export const waitForStepSchema = z.strictObject({
  kind: z.literal('wait-for'),
  ...common,
  any: z
    .array(z.strictObject({ on: eventMatchSchema, key: propertyPathSchema.optional(), next: stepIdSchema.optional() }))
    .min(1)
    .max(20),
  upTo: durationSchema,
  /** Waits for the first of them all the time, and takes the foremost of those that have happened when it is up. */
  ranked: z.literal(true).optional(),
  /** Where those go for whom none of the events came in time. */
  otherwise: stepIdSchema.optional(),
})
