import { z } from 'zod'
import { common, stepIdSchema } from './common.ts'

/** Sends each person one of several ways at random: the same person always the same way. */
export const randomSplitStepSchema = z.strictObject({
  kind: z.literal('random-split'),
  ...common,
  paths: z
    .array(
      z.strictObject({ name: z.string().max(120).optional(), weight: z.number().positive().max(1_000_000), next: stepIdSchema.optional() }),
    )
    .min(2)
    .max(20),
})
