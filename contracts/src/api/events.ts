import { z } from 'zod'
import { ownSource, problemSchema } from '../events.ts'
import { type Route, ms, page, paged, timelineEntrySchema } from './parts.ts'

export const rejectedEventSchema = z.object({
  id: z.string(),
  at: ms,
  source: z.string(),
  name: z.string().nullable(),
  messageId: z.string().nullable(),
  problems: z.array(problemSchema),
  raw: z.string(),
})

export const eventsRoutes = {
  recentEvents: {
    method: 'GET',
    path: '/api/events',
    access: 'viewer',
    summary: 'The latest events, newest first',
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), name: z.string().optional() }),
    response: z.object({ items: z.array(timelineEntrySchema.extend({ personName: z.string().nullable() })) }),
  },
  eventStream: {
    method: 'GET',
    path: '/api/events/stream',
    access: 'viewer',
    summary: 'Events as they come',
    stream: true,
    response: timelineEntrySchema.extend({ personName: z.string().nullable() }),
  },
  rejectedEvents: {
    method: 'GET',
    path: '/api/rejected-events',
    access: 'viewer',
    summary: 'Events that were refused, with field, value and reason',
    query: z.object({ ...page }),
    response: paged(rejectedEventSchema),
  },
  importEvents: {
    method: 'POST',
    path: '/api/import',
    access: 'editor',
    audit: 'bare',
    bodyBytes: 32 * 1024 * 1024,
    summary: 'Import events in the bulk lane, at most 2,500 a call; they start no journey unless asked',
    body: z.object({
      source: z
        .string()
        .min(1)
        .max(64)
        .refine((source) => source !== ownSource, `any name but "${ownSource}", which is kept for what Throughline writes itself`),
      triggers: z.boolean().default(false),
      events: z.array(z.unknown()).min(1).max(2_500),
    }),
    response: z.object({
      accepted: z.number(),
      duplicates: z.number(),
      rejected: z.array(z.object({ index: z.number(), problems: z.array(problemSchema) })),
    }),
  },
} as const satisfies Record<string, Route>
