import { z } from 'zod'
import { common, stepIdSchema } from './common.ts'

/** Puts the person into a list, or takes them out of it. */
export const listStepSchema = z.strictObject({
  kind: z.literal('list'),
  ...common,
  list: z.string().min(1).max(60),
  change: z.enum(['add', 'remove']).default('add'),
  next: stepIdSchema.optional(),
})
