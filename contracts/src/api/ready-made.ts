import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { definitionKinds, definitionSchema } from '../definitions.ts'
import { definitionIdSchema } from '../id.ts'
import { type Route, id } from './parts.ts'

/** A journey that comes with Throughline, to be taken over and changed. */
export const readyMadeSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** What it belongs to: "Carts and browsing". */
  kind: z.string(),
  /** The trade that it was written for, where there is one: "made for retail". */
  made: z.string().nullable(),
  /** What it is for, in a sentence. */
  use: z.string(),
  /** Events that somebody has to send, and traits that people have to have; `seen`: this shop has, null where that cannot be asked now. */
  needs: z.array(z.object({ kind: z.enum(['event', 'trait']), name: z.string(), about: z.string(), seen: z.boolean().nullable() })),
  /** What a shop should change before it publishes it. */
  change: z.array(z.string()),
  /** In the order in which they come; `carried`: there is a provider, or none is needed. Without one the sandbox takes the messages. */
  channels: z.array(z.object({ channel: channelKindSchema, messages: z.int(), carried: z.boolean() })),
})
export type ReadyMadeAnswer = z.infer<typeof readyMadeSchema>

export const readyMadeRoutes = {
  readyMades: {
    method: 'GET',
    path: '/api/ready-made',
    access: 'viewer',
    summary: 'Journeys that come with Throughline, what each needs, and what of it this shop has',
    response: z.object({ items: z.array(readyMadeSchema) }),
  },
  readyMade: {
    method: 'GET',
    path: '/api/ready-made/:id',
    access: 'viewer',
    summary: 'A journey that comes with Throughline, with its templates and segments',
    params: id,
    response: readyMadeSchema.extend({ definitions: z.array(definitionSchema) }),
  },
  takeReadyMade: {
    method: 'POST',
    path: '/api/ready-made/:id/take',
    access: 'editor',
    summary: 'Begin a draft out of a ready-made journey; its templates and segments are published under ids that are free',
    params: id,
    body: z.strictObject({
      name: z.string().trim().min(1).max(120).optional(),
      site: z
        .url({ protocol: /^https?$/, error: 'the address of the shop, such as "https://www.example.com"' })
        .max(500)
        .meta({ description: 'the address of the shop, to which the links of the messages lead' }),
    }),
    response: z.object({
      /** Of the draft. */
      journey: definitionIdSchema,
      published: z.array(z.object({ kind: z.enum(definitionKinds), id: definitionIdSchema })),
    }),
  },
} as const satisfies Record<string, Route>
