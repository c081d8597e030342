import { z } from 'zod'
import { propertyPathSchema } from '../property-path.ts'

/**
 * What a step says: a value as it stands, or one that is taken when somebody passes: that of a trait, of a property of what started
 * the journey, or of an answer. What is not there is left out.
 */
export const takenSchema = z.union([
  z.string().max(2_000),
  z.number(),
  z.boolean(),
  z.strictObject({ trait: z.string().min(1).max(200) }),
  z.strictObject({ event: propertyPathSchema }),
  /** `STEP.FIELD` of what a webhook has answered, or of a code that was taken. */
  z.strictObject({ answer: z.string().min(3).max(200) }),
])
export type Taken = z.infer<typeof takenSchema>
