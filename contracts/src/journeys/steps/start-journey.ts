import { z } from 'zod'
import { definitionIdSchema } from '../../id.ts'
import { common, stepIdSchema } from './common.ts'

/** Lets the person come into another journey, which has an entry of the kind `journey`, with what started this one. */
export const startJourneyStepSchema = z.strictObject({
  kind: z.literal('start-journey'),
  ...common,
  journey: definitionIdSchema,
  next: stepIdSchema.optional(),
})
