import { z } from 'zod'
import { definitionIdSchema } from '../../id.ts'
import { common, stepIdSchema } from './common.ts'

/** Ends what the person has going on in another journey. */
export const stopJourneyStepSchema = z.strictObject({
  kind: z.literal('stop-journey'),
  ...common,
  journey: definitionIdSchema,
  next: stepIdSchema.optional(),
})
