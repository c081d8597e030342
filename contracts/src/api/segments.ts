import { z } from 'zod'
import { segmentSchema } from '../definitions.ts'
import { type Route, ms } from './parts.ts'

export const segmentSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  publishedAt: ms,
  size: z.number(),
  filling: z.boolean(),
  definition: segmentSchema,
  sentence: z.string(),
})

export const segmentsRoutes = {
  segments: {
    method: 'GET',
    path: '/api/segments',
    access: 'viewer',
    summary: 'All segments with their size',
    response: z.object({ items: z.array(segmentSummarySchema) }),
  },
} as const satisfies Record<string, Route>
