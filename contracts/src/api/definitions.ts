import { z } from 'zod'
import { definitionKinds, definitionSchema } from '../definitions.ts'
import { definitionIdSchema } from '../id.ts'
import { type Route, ms } from './parts.ts'

export const applyResultSchema = z.object({
  dryRun: z.boolean(),
  results: z.array(z.object({ kind: z.string(), id: z.string(), change: z.enum(['new', 'changed', 'unchanged']), version: z.number() })),
})

export const definitionsRoutes = {
  definitions: {
    method: 'GET',
    path: '/api/definitions',
    access: 'viewer',
    summary: 'All definitions in their latest version',
    response: z.object({ items: z.array(z.object({ version: z.number(), publishedAt: ms, definition: definitionSchema })) }),
  },
  definitionVersions: {
    method: 'GET',
    path: '/api/definitions/:kind/:id/versions',
    access: 'viewer',
    summary: 'Every version of a definition that was published, newest first',
    params: z.object({ kind: z.enum(definitionKinds), id: definitionIdSchema }),
    response: z.object({
      items: z.array(z.object({ version: z.number(), publishedAt: ms, publishedBy: z.string(), definition: definitionSchema })),
    }),
  },
  applyDefinitions: {
    method: 'POST',
    path: '/api/definitions',
    access: 'editor',
    bodyBytes: 16 * 1024 * 1024,
    summary: 'Publish definitions; those that did not change keep their version',
    body: z.object({
      definitions: z.array(z.unknown()).min(1).max(500),
      dryRun: z.boolean().default(false),
      pools: z
        .array(z.string().max(64))
        .max(500)
        .default([])
        .meta({ description: 'pools of codes that count as there, since they are made beside these' }),
      forms: z.array(z.string().max(64)).max(500).default([]).meta({ description: 'forms that count as there, likewise' }),
      audiences: z
        .array(z.string().max(64))
        .max(500)
        .default([])
        .meta({ description: 'ad audiences with members of their own that count as there, likewise' }),
    }),
    response: applyResultSchema,
  },
} as const satisfies Record<string, Route>
