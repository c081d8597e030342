import { z } from 'zod'
import { acceptLimits } from '../events.ts'
import { jsonObjectSchema } from '../json.ts'
import { type Route, ms, page, paged, storableText } from './parts.ts'

/** Something that the shop said of no person in particular, and whom it reached. */
export const shopEventSchema = z.object({
  messageId: z.string(),
  event: z.string(),
  properties: jsonObjectSchema,
  receivedAt: ms,
  sentBy: z.string(),
  /** Journeys that it lets people into. */
  journeys: z.array(
    z.object({
      journey: z.string(),
      /** How many people it concerned, as far as they have been asked for. */
      reached: z.number(),
      /** How much of everybody has been asked, from 0 to 1. */
      asked: z.number(),
      endedAt: ms.nullable(),
      /** Why it ended before everybody was asked. */
      note: z.string().nullable(),
    }),
  ),
})
export type ShopEventEntry = z.infer<typeof shopEventSchema>

export const shopEventsRoutes = {
  shopEvents: {
    method: 'GET',
    path: '/api/shop-events',
    access: 'viewer',
    summary: 'What the shop said of no person in particular, newest first, and how many people it reached',
    query: z.object({ ...page, event: z.string().optional().meta({ description: 'only those of this name' }) }),
    response: paged(shopEventSchema),
  },
  sendShopEvent: {
    method: 'POST',
    path: '/api/shop-events',
    access: 'editor',
    bodyBytes: 64 * 1024,
    summary: 'Tell something of no person in particular (a price drop, back in stock); journeys let those in whom it concerns',
    body: z.strictObject({
      event: storableText(1, acceptLimits.nameLength),
      properties: jsonObjectSchema.default({}),
      messageId: storableText(1, 200).optional().meta({ description: 'told again with the same, nothing happens again' }),
    }),
    response: z.object({
      outcome: z.enum(['taken', 'repeated']),
      messageId: z.string(),
      journeys: z.array(z.string()).meta({ description: 'ids of the journeys that it lets people into' }),
    }),
  },
} as const satisfies Record<string, Route>
