import { z } from 'zod'
import { definitionIdSchema } from '../../id.ts'
import { common, stepIdSchema } from './common.ts'

/** The variant of those who are held out: their way shows what happens without. */
export const holdOutName = 'hold-out'

export const variantNameSchema = z
  .string()
  .min(1)
  .max(60)
  .refine((name) => name !== holdOutName, { error: `another name: "${holdOutName}" is that of the people held out` })

/** Compares ways: each person gets one of several variants by chance, always the same, and who got which is recorded. */
export const experimentStepSchema = z.strictObject({
  kind: z.literal('experiment'),
  ...common,
  /** What the people are drawn by. Left out, this step of this journey; the same id in several places draws the same people. */
  experiment: definitionIdSchema.optional(),
  variants: z
    .array(z.strictObject({ name: variantNameSchema, weight: z.number().positive().max(1_000_000), next: stepIdSchema.optional() }))
    .min(1)
    .max(10)
    .refine((variants) => new Set(variants.map(({ name }) => name)).size === variants.length, {
      error: 'variants of different names',
    }),
  /** So many per cent get none of the variants, and go this way. */
  holdOut: z.strictObject({ percent: z.number().positive().max(90), next: stepIdSchema.optional() }).optional(),
})
