import { z } from 'zod'
import { durationSchema } from '../../duration.ts'
import { common, stepIdSchema } from './common.ts'

export const waitStepSchema = z.strictObject({
  kind: z.literal('wait'),
  ...common,
  for: durationSchema,
  next: stepIdSchema.optional(),
})
