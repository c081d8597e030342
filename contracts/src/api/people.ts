import { z } from 'zod'
import { jsonSchema } from '../json.ts'
import { channelKindSchema, channelKinds } from '../channel.ts'
import { timelineKinds } from '../events.ts'
import { type Route, id, ms, page, paged, done, timelineEntrySchema } from './parts.ts'

export const personSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  userId: z.string().nullable(),
  anonymous: z.boolean(),
  country: z.string().nullable(),
  /** When the profile was made. */
  createdAt: ms,
  /** Their earliest event that is known, which may have been imported later, or when the profile was made, if that is earlier. */
  firstSeenAt: ms,
  lastSeenAt: ms.nullable(),
})

export type Person = z.infer<typeof personSchema>

export const consentStateSchema = z.enum(['granted', 'withdrawn'])

export const consentChannels = [...channelKinds, 'tracking'] as const

export const consentSchema = z.object({
  channel: z.enum(consentChannels),
  topic: z.string(),
  state: consentStateSchema,
  source: z.string(),
  at: ms,
  address: z.string().nullable(),
  wording: z.string().nullable(),
})

export const personDetailSchema = personSchema.extend({
  traits: z.array(z.object({ name: z.string(), value: jsonSchema, at: ms })),
  /** What the published computed traits say at this moment; null is no value, and `pending` that history is still being read for it. */
  computed: z.array(z.object({ id: z.string(), name: z.string(), value: jsonSchema.nullable(), pending: z.boolean() })),
  identifiers: z.array(z.object({ kind: z.string(), value: z.string(), since: ms })),
  consents: z.array(consentSchema),
  suppressions: z.array(z.object({ channel: z.string(), address: z.string(), reason: z.string(), at: ms })),
  segments: z.array(z.object({ id: z.string(), name: z.string(), since: ms })),
  runs: z.array(
    z.object({
      journey: z.string(),
      journeyName: z.string(),
      version: z.number(),
      step: z.string(),
      stepName: z.string(),
      enteredAt: ms,
      since: ms,
      wakesAt: ms.nullable(),
    }),
  ),
  merges: z.array(z.object({ id: z.string(), loser: z.string(), at: ms, reason: z.string(), undoneAt: ms.nullable() })),
})

export type PersonDetail = z.infer<typeof personDetailSchema>

export const peopleRoutes = {
  people: {
    method: 'GET',
    path: '/api/people',
    access: 'viewer',
    summary: 'Find people by name, e-mail or id',
    query: z.object({ search: z.string().max(200).optional(), ...page }),
    response: paged(personSchema),
  },
  person: { method: 'GET', path: '/api/people/:id', access: 'viewer', summary: 'One person', params: id, response: personDetailSchema },
  timeline: {
    method: 'GET',
    path: '/api/people/:id/timeline',
    access: 'viewer',
    summary: 'What happened with one person, newest first',
    params: id,
    query: z.object({
      kind: z
        .enum(timelineKinds)
        .optional()
        .meta({ description: 'visits, own actions, messages, journeys and segments, identity and consent' }),
      name: z.string().max(200).optional().meta({ description: 'name of the events' }),
      channel: channelKindSchema.optional().meta({ description: 'of the messages' }),
      ...page,
    }),
    response: paged(timelineEntrySchema).extend({
      note: z.string().optional().meta({ description: 'said when older events are missing for now' }),
    }),
  },
  setConsent: {
    method: 'POST',
    path: '/api/people/:id/consents',
    access: 'editor',
    summary: 'Record a consent or its withdrawal',
    params: id,
    body: z.object({
      channel: z.enum(consentChannels),
      topic: z.string().default(''),
      state: consentStateSchema,
      source: z.string().min(1),
      wording: z.string().optional(),
    }),
    response: done,
  },
  unmerge: {
    method: 'POST',
    path: '/api/people/:id/unmerge',
    access: 'editor',
    summary: 'Undo a merge of two profiles',
    params: id,
    body: z.object({ merge: z.string() }),
    response: done,
  },
  inboxToken: {
    method: 'POST',
    path: '/api/people/:id/inbox-token',
    access: 'editor',
    summary: 'A signed token with which this person reads the notification inbox',
    // A shop asks for one with every page that somebody signed in looks at.
    audit: false,
    params: id,
    body: z.object({
      hours: z
        .number()
        .min(1)
        .max(24 * 90)
        .default(24),
    }),
    response: z.object({ token: z.string(), expiresAt: ms }),
  },
} as const satisfies Record<string, Route>
