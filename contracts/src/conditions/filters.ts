import { z } from 'zod'
import { comparisonSchema } from './comparison.ts'

/**
 * A comparison of one property of an event; `property` is a dotted path. `products[].category` means the category of any of the
 * products.
 */
export const propertyFilterSchema = z
  .strictObject({ kind: z.literal('property').optional(), property: z.string().min(1), compare: comparisonSchema })
  .meta({ id: 'PropertyFilter' })
export type PropertyFilter = z.infer<typeof propertyFilterSchema>

/** What is asked of the properties of one event: comparisons, alone or put together. */
export type EventFilter =
  | PropertyFilter
  | { kind: 'all'; of: EventFilter[] }
  | { kind: 'any'; of: EventFilter[] }
  | { kind: 'not'; of: EventFilter }
  /** One and the same element of the list `in` passes all filters of `where`, whose paths begin at the element. */
  | { kind: 'some'; in: string; where: EventFilter[] }

export const eventFilterSchema: z.ZodType<EventFilter> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      propertyFilterSchema,
      z.strictObject({ kind: z.literal('all'), of: z.array(eventFilterSchema).min(1).max(20) }),
      z.strictObject({ kind: z.literal('any'), of: z.array(eventFilterSchema).min(1).max(20) }),
      z.strictObject({ kind: z.literal('not'), of: eventFilterSchema }),
      z.strictObject({ kind: z.literal('some'), in: z.string().min(1), where: z.array(eventFilterSchema).min(1).max(20) }),
    ]),
  )
  .meta({ id: 'EventFilter' })
