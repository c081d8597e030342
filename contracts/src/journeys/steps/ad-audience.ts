import { z } from 'zod'
import { definitionIdSchema } from '../../id.ts'
import { common, stepIdSchema } from './common.ts'

/** Puts the person into an ad audience that is kept by hand and by journeys, or takes them out of it; where they stand so already, nothing happens. */
export const adAudienceStepSchema = z.strictObject({
  kind: z.literal('ad-audience'),
  ...common,
  audience: definitionIdSchema,
  change: z.enum(['add', 'remove']).default('add'),
  next: stepIdSchema.optional(),
})
