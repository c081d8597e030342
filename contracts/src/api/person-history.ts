import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { jsonSchema } from '../json.ts'
import { type Route, done, id, ms } from './parts.ts'
import { personSchema } from './people.ts'

/** Money of one currency, in its minor units: cents of EUR, whole yen of JPY. */
export const orderTotalsSchema = z.object({
  currency: z.string().nullable().meta({ description: 'null: the orders do not say' }),
  orders: z.number(),
  total: z.number().meta({ description: 'of all orders, what was refunded taken off; minor units' }),
  average: z.number().meta({ description: 'of an order, before refunds; minor units' }),
  refunded: z.number().meta({ description: 'minor units' }),
  lastAt: ms,
})

export const personHistorySchema = z.object({
  /** Which event said each trait last. */
  traits: z.array(z.object({ name: z.string(), source: z.string(), event: z.string(), eventId: z.string() })),
  /** Browsers and apps by what their calls say of them, the latest seen first. */
  devices: z.array(
    z.object({
      platform: z.string(),
      client: z.string().meta({ description: 'browser or app, with its version' }),
      userAgent: z.string().nullable(),
      firstAt: ms,
      lastAt: ms,
      events: z.number(),
    }),
  ),
  orders: z.array(orderTotalsSchema),
  latestOrders: z.array(
    z.object({
      id: z.string().nullable(),
      at: ms,
      currency: z.string().nullable(),
      total: z.number(),
      refunded: z.number(),
      items: z.number(),
    }),
  ),
  /** Journeys that they have left, the latest first. */
  pastJourneys: z.array(
    z.object({
      journey: z.string(),
      journeyName: z.string(),
      version: z.number(),
      enteredAt: ms.nullable(),
      leftAt: ms,
      reason: z.string(),
    }),
  ),
  note: z.string().optional().meta({ description: 'said when older events are missing for now' }),
})

export type PersonHistory = z.infer<typeof personHistorySchema>

const mergeSideSchema = z.object({ person: personSchema, identifiers: z.array(z.object({ kind: z.string(), value: z.string() })) })

export const mergePreviewSchema = z.object({
  /** Who stays: the one made earlier. */
  winner: mergeSideSchema,
  loser: mergeSideSchema,
  /** Why they cannot be merged, a sentence; null when they can. */
  refusal: z.string().nullable(),
})

export type MergePreview = z.infer<typeof mergePreviewSchema>

const otherPerson = z.object({ with: z.string().min(1).meta({ description: 'id of the other person' }) })

export const personHistoryRoutes = {
  personHistory: {
    method: 'GET',
    path: '/api/people/:id/history',
    access: 'viewer',
    summary: 'What the events of a person add up to: orders, devices, past journeys, and who said each trait',
    params: id,
    response: personHistorySchema,
  },
  setTraits: {
    method: 'POST',
    path: '/api/people/:id/traits',
    access: 'editor',
    summary: 'Change traits of a person by hand; an event of our own source says them',
    params: id,
    body: z.object({
      traits: z
        .record(z.string().min(1).max(200), jsonSchema.meta({ description: 'null takes the trait away' }))
        .refine((traits) => Object.keys(traits).length > 0 && Object.keys(traits).length <= 100, '1 to 100 traits'),
    }),
    response: z.object({ at: ms.meta({ description: 'the traits are in force once they show this time, or a later one' }) }),
  },
  previewMerge: {
    method: 'GET',
    path: '/api/people/:id/merge',
    access: 'editor',
    summary: 'What merging two people would join, and whether it is possible',
    params: id,
    query: otherPerson,
    response: mergePreviewSchema,
  },
  mergePeople: {
    method: 'POST',
    path: '/api/people/:id/merge',
    access: 'editor',
    summary: 'Merge two people who are one; it can be undone',
    params: id,
    body: otherPerson,
    response: z.object({ id: z.string().meta({ description: 'of the merged person' }), merge: z.string() }),
  },
  sendTest: {
    method: 'POST',
    path: '/api/people/:id/test-message',
    access: 'editor',
    summary: 'Send a template to one person as a test, rendered with their data; whatever protects them holds',
    params: id,
    body: z.object({ template: z.string().min(1) }),
    response: done.extend({ message: z.string(), channel: channelKindSchema }),
  },
} as const satisfies Record<string, Route>
