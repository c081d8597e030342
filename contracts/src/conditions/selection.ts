import { z } from 'zod'
import { eventFilterSchema } from './filters.ts'

/**
 * Which events a question is about: by name, and by all of the property filters. A name that begins or ends with `*` means
 * every name that ends, begins, or goes on so (`Product *`); `*` alone is anything the person did. What Throughline says of
 * itself (messages, journeys, segments) is meant by its exact name only.
 */
export const selectionFields = {
  event: z.string().min(1).max(200),
  where: z.array(eventFilterSchema).max(20).optional(),
}
