import { z } from 'zod'
import { definitionIdSchema } from '../../id.ts'
import { common, stepIdSchema } from './common.ts'

/** Takes a code out of a pool, which the run keeps as an answer: `code`, and `value` and `expires` where the pool has them. */
export const couponStepSchema = z.strictObject({
  kind: z.literal('coupon'),
  ...common,
  pool: definitionIdSchema,
  /** `person`: whoever has a code of the pool already keeps that one; `run`: every run takes one of its own. */
  per: z.enum(['person', 'run']).default('person'),
  next: stepIdSchema.optional(),
  /** Where those go for whom there is no code: the pool is empty, has expired or is gone. */
  otherwise: stepIdSchema.optional(),
})
