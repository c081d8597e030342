import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { definitionIdSchema } from '../id.ts'
import { jsonObjectSchema } from '../json.ts'
import type { Route } from './parts.ts'

export const templatePreviewSchema = z.object({
  channel: channelKindSchema,
  version: z.number(),
  /** The subject, the title, or what a webhook calls; null where the channel has none. */
  title: z.string().nullable(),
  /** Of an e-mail. */
  html: z.string().nullable(),
  text: z.string(),
  url: z.string().nullable(),
})
export type TemplatePreview = z.infer<typeof templatePreviewSchema>

export const templatesRoutes = {
  previewTemplate: {
    method: 'POST',
    path: '/api/templates/:id/preview',
    access: 'viewer',
    audit: false,
    summary: 'A template as somebody with these traits would read it; nothing is sent',
    params: z.object({ id: definitionIdSchema }),
    body: z.strictObject({
      traits: jsonObjectSchema.default({}),
      properties: jsonObjectSchema.default({}).meta({ description: 'of the event that the template sees' }),
    }),
    response: templatePreviewSchema,
  },
} as const satisfies Record<string, Route>
