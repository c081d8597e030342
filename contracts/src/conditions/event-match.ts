import { z } from 'zod'
import { eventFilterSchema } from './filters.ts'

/** Which events: by name, and by all of the property filters. */
export const eventMatchSchema = z
  .strictObject({
    event: z.string().min(1).max(200),
    where: z.array(eventFilterSchema).max(20).optional(),
  })
  .meta({ id: 'EventMatch' })
export type EventMatch = z.infer<typeof eventMatchSchema>
