import { z } from 'zod'
import { comparisonSchema } from './comparison.ts'

/** A comparison of one property of an event; `property` is a dotted path. */
export const propertyFilterSchema = z
  .strictObject({ property: z.string().min(1), compare: comparisonSchema })
  .meta({ id: 'PropertyFilter' })
export type PropertyFilter = z.infer<typeof propertyFilterSchema>
