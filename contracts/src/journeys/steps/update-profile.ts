import { z } from 'zod'
import { jsonSchema } from '../../json.ts'
import { common, stepIdSchema } from './common.ts'

export const updateProfileStepSchema = z.strictObject({
  kind: z.literal('update-profile'),
  ...common,
  set: z.record(z.string().min(1), jsonSchema),
  next: stepIdSchema.optional(),
})
