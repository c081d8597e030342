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
  /** Where those go for whom none of the events came in time. */
  otherwise: stepIdSchema.optional(),
})
