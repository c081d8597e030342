import { z } from 'zod'
import { comparisonSchema } from './comparison.ts'

export const traitConditionSchema = z.strictObject({
  kind: z.literal('trait'),
  trait: z.string().min(1).max(200),
  compare: comparisonSchema,
})
export type TraitCondition = z.infer<typeof traitConditionSchema>
