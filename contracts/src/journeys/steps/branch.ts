import { z } from 'zod'
import { conditionSchema } from '../../conditions/index.ts'
import { common, stepIdSchema } from './common.ts'

export const branchStepSchema = z.strictObject({
  kind: z.literal('branch'),
  ...common,
  paths: z
    .array(z.strictObject({ name: z.string().max(120).optional(), if: conditionSchema, next: stepIdSchema.optional() }))
    .min(1)
    .max(20),
  otherwise: stepIdSchema.optional(),
})
