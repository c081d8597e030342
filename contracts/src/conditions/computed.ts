import { z } from 'zod'
import { comparisonSchema } from './comparison.ts'

/** A computed trait, compared: a figure that a definition of kind `trait` names. */
export const computedConditionSchema = z.strictObject({
  kind: z.literal('computed'),
  /** Id of the definition. */
  trait: z.string().min(1).max(64),
  compare: comparisonSchema,
})
export type ComputedCondition = z.infer<typeof computedConditionSchema>
