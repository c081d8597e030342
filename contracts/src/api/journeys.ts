import { z } from 'zod'
import { journeySchema } from '../journeys/index.ts'
import { type Route, id, ms, page, paged } from './parts.ts'
import { personSchema } from './people.ts'

export const journeySummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  publishedAt: ms,
  entered: z.number(),
  inside: z.number(),
  goals: z.number(),
  messages: z.number(),
})

export const journeyDetailSchema = journeySummarySchema.extend({
  definition: journeySchema,
  versions: z.array(z.object({ version: z.number(), publishedAt: ms, inside: z.number() })),
  /** Passages per edge of the shown version; ids as in engine `edgeId`: `entry`, `<step>:next`, `<step>:0`, `<step>:otherwise`, `left:goal`, `left:exit`, `left:end`. */
  edges: z.array(z.object({ id: z.string(), count: z.number() })),
  /** People in each step now. */
  steps: z.array(z.object({ step: z.string(), inside: z.number() })),
})

export const journeysRoutes = {
  journeys: {
    method: 'GET',
    path: '/api/journeys',
    access: 'viewer',
    summary: 'All journeys',
    response: z.object({ items: z.array(journeySummarySchema) }),
  },
  journey: {
    method: 'GET',
    path: '/api/journeys/:id',
    access: 'viewer',
    summary: 'A journey with its live counts',
    params: id,
    query: z.object({ version: z.coerce.number().int().optional() }),
    response: journeyDetailSchema,
  },
  journeyPeople: {
    method: 'GET',
    path: '/api/journeys/:id/people',
    access: 'viewer',
    summary: 'Who is where in a journey',
    params: id,
    query: z.object({ step: z.string().optional(), version: z.coerce.number().int().optional(), ...page }),
    response: paged(
      z.object({ person: personSchema, step: z.string(), version: z.number(), enteredAt: ms, since: ms, wakesAt: ms.nullable() }),
    ),
  },
} as const satisfies Record<string, Route>
