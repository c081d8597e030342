import { z } from 'zod'
import { jsonSchema } from '../json.ts'
import { type Route, ms, page, paged } from './parts.ts'

export const auditOutcomes = ['begun', 'done', 'refused', 'failed'] as const

export const auditEntrySchema = z.object({
  id: z.string(),
  at: ms,
  actor: z.object({
    kind: z.enum(['user', 'api-key', 'nobody']).meta({ description: 'nobody: a call that needs no sign-in' }),
    id: z.string().nullable(),
    name: z.string(),
  }),
  /** Name of the route. */
  action: z.string(),
  /** What the route does, in words. */
  summary: z.string(),
  /** On whom or what: an id out of the address, such as that of a person. */
  subject: z.string().nullable(),
  /** `begun`: nobody saw its end, since the program died meanwhile. */
  outcome: z.enum(auditOutcomes),
  /** Why it was refused, a code of docs/errors.md. */
  code: z.string().nullable(),
  /** What changed, without secrets: as it was before, where that is known, and as it was asked for. */
  before: z.record(z.string(), jsonSchema).nullable(),
  after: z.record(z.string(), jsonSchema).nullable(),
  ip: z.string(),
  requestId: z.string(),
})

export type AuditEntry = z.infer<typeof auditEntrySchema>

export const auditRoutes = {
  auditLog: {
    method: 'GET',
    path: '/api/audit',
    access: 'admin',
    summary: 'Who did what, newest first',
    query: z.object({
      actor: z.string().max(200).optional().meta({ description: 'part of the name of a user or an API key' }),
      action: z.string().max(100).optional().meta({ description: 'name of a route' }),
      subject: z.string().max(300).optional(),
      outcome: z.enum(auditOutcomes).optional(),
      from: z.coerce.number().optional().meta({ description: 'epoch milliseconds' }),
      to: z.coerce.number().optional().meta({ description: 'epoch milliseconds' }),
      ...page,
    }),
    response: paged(auditEntrySchema),
  },
} as const satisfies Record<string, Route>
