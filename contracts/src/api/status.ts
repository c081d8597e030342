import { z } from 'zod'
import { jsonObjectSchema } from '../json.ts'
import { type Route, ms } from './parts.ts'

export const componentSchema = z.object({ name: z.string(), state: z.enum(['ok', 'degraded', 'down']), detail: z.string() })

export const statusRoutes = {
  overview: {
    method: 'GET',
    path: '/api/overview',
    access: 'viewer',
    summary: 'Figures of the start page',
    response: z.object({
      people: z.number(),
      known: z.number(),
      eventsLastHour: z.number(),
      eventsPerMinute: z.array(z.object({ at: ms, count: z.number() })),
      messagesToday: z.number(),
      heldToday: z.number(),
      inJourneys: z.number(),
      rejectedToday: z.number(),
      campaignsAsking: z
        .number()
        .meta({ description: 'sends of campaigns that wait for a person: to be approved, or to say how a ramp goes on' }),
      lowPools: z.number().meta({ description: 'pools of coupon codes that run low' }),
      openTasks: z.number().meta({ description: 'tasks for people of the shop that are open' }),
    }),
  },
  status: {
    method: 'GET',
    path: '/api/status',
    access: 'viewer',
    summary: 'State of the parts and how far each is behind',
    response: z.object({
      version: z.string(),
      components: z.array(componentSchema),
      pipelineLagMs: z.number(),
      inboxBehind: z.number(),
      exportBehind: z.number(),
      outboxQueued: z.number(),
      workers: z.array(z.object({ id: z.string(), shards: z.number() })),
    }),
  },
  log: {
    method: 'GET',
    path: '/api/log',
    access: 'admin',
    summary: 'The latest log lines of this server',
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) }),
    response: z.object({ items: z.array(jsonObjectSchema) }),
  },
} as const satisfies Record<string, Route>
