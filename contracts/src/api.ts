import { z } from 'zod'
import { channelKindSchema, definitionSchema, journeySchema, segmentSchema } from './definitions.ts'
import { jsonObjectSchema, jsonSchema } from './json.ts'
import { ownSource, problemSchema } from './events.ts'

/**
 * Who may call a route:
 * `public` anybody · `viewer`, `editor`, `admin` a signed-in user or an API key of at least that role ·
 * `write-key` a source's key · `person` the bearer of a signed token for one person.
 */
export type Access = 'public' | 'viewer' | 'editor' | 'admin' | 'write-key' | 'person'
export const roles = ['viewer', 'editor', 'admin'] as const
export type Role = (typeof roles)[number]

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly access: Access
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  readonly response: z.ZodType
  /** Answers `text/event-stream`; `response` is then the data of one event. */
  readonly stream?: true
  /** Largest body taken, in bytes; 1 MiB where nothing stands here. */
  readonly bodyBytes?: number
}

const id = z.object({ id: z.string().min(1) })
const ms = z.number().meta({ description: 'epoch milliseconds' })
const page = { cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }
const paged = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })
const done = z.object({ ok: z.literal(true) })

export const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  field: z.string().optional(),
  value: z.unknown().optional(),
  allowed: z.string().optional(),
  problems: z.array(problemSchema).optional(),
  requestId: z.string().optional(),
})
export type ApiError = z.infer<typeof errorSchema>

export const userSchema = z.object({ id: z.string(), email: z.string(), role: z.enum(roles), workspace: z.string() })
export const timelineEntrySchema = z.object({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  timestamp: ms,
  receivedAt: ms,
  source: z.string(),
  profileId: z.string(),
  properties: jsonObjectSchema,
  context: jsonObjectSchema,
})
export type TimelineEntry = z.infer<typeof timelineEntrySchema>

export const personSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  userId: z.string().nullable(),
  anonymous: z.boolean(),
  country: z.string().nullable(),
  createdAt: ms,
  lastSeenAt: ms.nullable(),
})
export type Person = z.infer<typeof personSchema>
export const consentStateSchema = z.enum(['granted', 'withdrawn'])
export const consentChannels = ['email', 'inbox', 'webhook', 'tracking'] as const
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

export const messageStatuses = ['queued', 'sending', 'sent', 'delivered', 'bounced', 'failed', 'held', 'cancelled'] as const
export const messageSchema = z.object({
  id: z.string(),
  profileId: z.string(),
  personName: z.string().nullable(),
  channel: channelKindSchema,
  template: z.string(),
  journey: z.string().nullable(),
  journeyName: z.string().nullable(),
  version: z.number().nullable(),
  step: z.string().nullable(),
  status: z.enum(messageStatuses),
  sandbox: z.boolean(),
  to: z.string().nullable(),
  subject: z.string().nullable(),
  /** The recorded reason, a sentence: why sent, delayed, or held back. */
  reason: z.string(),
  rule: z.string().nullable(),
  createdAt: ms,
  dueAt: ms,
  sentAt: ms.nullable(),
  deliveredAt: ms.nullable(),
  openedAt: ms.nullable(),
  clickedAt: ms.nullable(),
  attempts: z.number(),
  lastError: z.string().nullable(),
})
export type Message = z.infer<typeof messageSchema>
export const messageDetailSchema = messageSchema.extend({
  content: z
    .discriminatedUnion('channel', [
      z.object({
        channel: z.literal('email'),
        from: z.string(),
        subject: z.string(),
        html: z.string(),
        text: z.string(),
        headers: z.record(z.string(), z.string()),
      }),
      z.object({
        channel: z.literal('inbox'),
        title: z.string(),
        body: z.string(),
        url: z.string().nullable(),
        image: z.string().nullable(),
      }),
      z.object({
        channel: z.literal('webhook'),
        url: z.string(),
        method: z.string(),
        headers: z.record(z.string(), z.string()),
        body: z.string(),
      }),
    ])
    .nullable(),
  events: z.array(timelineEntrySchema),
})
export type MessageDetail = z.infer<typeof messageDetailSchema>

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
export const segmentSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  publishedAt: ms,
  size: z.number(),
  filling: z.boolean(),
  definition: segmentSchema,
  sentence: z.string(),
})
export const sourceSchema = z.object({ id: z.string(), name: z.string(), writeKey: z.string(), createdAt: ms, lastEventAt: ms.nullable() })
export const smtpProviderSchema = z.object({
  kind: z.literal('smtp'),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535),
  secure: z.boolean().default(false),
  user: z.string().optional(),
  from: z.string().min(3),
  fromName: z.string().optional(),
  replyTo: z.string().optional(),
  dkim: z.object({ domain: z.string(), selector: z.string() }).optional(),
  maxPerSecond: z.number().int().min(1).max(10_000).optional(),
  /** Where delivery reports go: `bounces@shop.com` becomes `bounces+<message>@shop.com` for each message. */
  returnPath: z.email().optional(),
})
/** Calls the address that the template names; the password is the secret that signs each call. */
export const httpProviderSchema = z.object({ kind: z.literal('http'), maxPerSecond: z.number().int().min(1).max(10_000).optional() })
export const providerConfigSchema = z.discriminatedUnion('kind', [smtpProviderSchema, httpProviderSchema])
export type ProviderConfig = z.infer<typeof providerConfigSchema>
/** Secrets go in and never come out: `hasPassword` and `hasDkimKey` say whether there is one. */
export const providerSchema = z.object({
  channel: channelKindSchema,
  config: providerConfigSchema,
  hasPassword: z.boolean(),
  hasDkimKey: z.boolean(),
  updatedAt: ms,
})
export const settingsSchema = z.object({
  name: z.string().min(1).max(120),
  zone: z.string().min(1),
  currency: z.string().length(3),
  locale: z.string().min(2),
  baseUrl: z.url(),
  /** Whether a person who has said nothing may get marketing on a channel. */
  consentDefaults: z.object({ email: consentStateSchema, inbox: consentStateSchema, webhook: consentStateSchema }),
  /** Whether opens and clicks of a person who has said nothing are tracked. */
  trackingDefault: consentStateSchema,
})
export type Settings = z.infer<typeof settingsSchema>
export const apiKeySchema = z.object({ id: z.string(), name: z.string(), role: z.enum(roles), prefix: z.string(), createdAt: ms })
export const applyResultSchema = z.object({
  dryRun: z.boolean(),
  results: z.array(z.object({ kind: z.string(), id: z.string(), change: z.enum(['new', 'changed', 'unchanged']), version: z.number() })),
})
export const rejectedEventSchema = z.object({
  id: z.string(),
  at: ms,
  source: z.string(),
  name: z.string().nullable(),
  messageId: z.string().nullable(),
  problems: z.array(problemSchema),
  raw: z.string(),
})
export const componentSchema = z.object({ name: z.string(), state: z.enum(['ok', 'degraded', 'down']), detail: z.string() })

/** Every route of the management API: the server registers these and no others, the console's client and the OpenAPI page are made from them. */
export const routes = {
  signIn: {
    method: 'POST',
    path: '/api/sign-in',
    access: 'public',
    summary: 'Sign in with e-mail and password',
    body: z.object({ email: z.string(), password: z.string() }),
    response: userSchema,
  },
  signInByLink: {
    method: 'POST',
    path: '/api/sign-in/link',
    access: 'public',
    summary: 'Sign in with a one-time link',
    body: z.object({ token: z.string() }),
    response: userSchema,
  },
  signOut: { method: 'POST', path: '/api/sign-out', access: 'viewer', summary: 'End the session', response: done },
  setPassword: {
    method: 'POST',
    path: '/api/me/password',
    access: 'viewer',
    summary: 'Choose a password',
    body: z.object({ password: z.string().min(10).max(200) }),
    response: done,
  },
  me: { method: 'GET', path: '/api/me', access: 'viewer', summary: 'Who is signed in', response: userSchema },
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
    }),
  },
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
    query: z.object({ ...page }),
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
  segments: {
    method: 'GET',
    path: '/api/segments',
    access: 'viewer',
    summary: 'All segments with their size',
    response: z.object({ items: z.array(segmentSummarySchema) }),
  },
  messages: {
    method: 'GET',
    path: '/api/messages',
    access: 'viewer',
    summary: 'Messages, newest first',
    query: z.object({
      channel: channelKindSchema.optional(),
      status: z.enum(messageStatuses).optional(),
      journey: z.string().optional(),
      person: z.string().optional(),
      ...page,
    }),
    response: paged(messageSchema),
  },
  message: {
    method: 'GET',
    path: '/api/messages/:id',
    access: 'viewer',
    summary: 'One message: what it looked like, why, and what came of it',
    params: id,
    response: messageDetailSchema,
  },
  rejectedEvents: {
    method: 'GET',
    path: '/api/rejected-events',
    access: 'viewer',
    summary: 'Events that were refused, with field, value and reason',
    query: z.object({ ...page }),
    response: paged(rejectedEventSchema),
  },
  sources: {
    method: 'GET',
    path: '/api/sources',
    access: 'editor',
    summary: 'Sources of events with their write keys',
    response: z.object({ items: z.array(sourceSchema) }),
  },
  createSource: {
    method: 'POST',
    path: '/api/sources',
    access: 'admin',
    summary: 'Add a source',
    body: z.object({ name: z.string().min(1).max(120) }),
    response: sourceSchema,
  },
  deleteSource: {
    method: 'DELETE',
    path: '/api/sources/:id',
    access: 'admin',
    summary: 'Remove a source; its key stops working at once',
    params: id,
    response: done,
  },
  providers: {
    method: 'GET',
    path: '/api/providers',
    access: 'editor',
    summary: 'Providers per channel, without their secrets',
    response: z.object({ items: z.array(providerSchema) }),
  },
  setProvider: {
    method: 'PUT',
    path: '/api/providers/:channel',
    access: 'admin',
    summary: 'Configure the provider of a channel',
    params: z.object({ channel: channelKindSchema }),
    body: z.object({ config: providerConfigSchema, password: z.string().optional(), dkimKey: z.string().optional() }),
    response: providerSchema,
  },
  deleteProvider: {
    method: 'DELETE',
    path: '/api/providers/:channel',
    access: 'admin',
    summary: 'Send the channel to the sandbox again',
    params: z.object({ channel: channelKindSchema }),
    response: done,
  },
  testProvider: {
    method: 'POST',
    path: '/api/providers/:channel/test',
    access: 'admin',
    summary: 'Send a test message',
    params: z.object({ channel: channelKindSchema }),
    body: z.object({ to: z.string().min(3) }),
    response: z.object({ ok: z.boolean(), detail: z.string() }),
  },
  settings: { method: 'GET', path: '/api/settings', access: 'viewer', summary: 'Settings of the workspace', response: settingsSchema },
  setSettings: {
    method: 'PUT',
    path: '/api/settings',
    access: 'admin',
    summary: 'Change the settings of the workspace',
    body: settingsSchema,
    response: settingsSchema,
  },
  apiKeys: {
    method: 'GET',
    path: '/api/api-keys',
    access: 'admin',
    summary: 'Keys of the management API',
    response: z.object({ items: z.array(apiKeySchema) }),
  },
  createApiKey: {
    method: 'POST',
    path: '/api/api-keys',
    access: 'admin',
    summary: 'Add an API key; the key is shown once',
    body: z.object({ name: z.string().min(1).max(120), role: z.enum(roles) }),
    response: apiKeySchema.extend({ key: z.string() }),
  },
  deleteApiKey: { method: 'DELETE', path: '/api/api-keys/:id', access: 'admin', summary: 'Remove an API key', params: id, response: done },
  definitions: {
    method: 'GET',
    path: '/api/definitions',
    access: 'viewer',
    summary: 'All definitions in their latest version',
    response: z.object({ items: z.array(z.object({ version: z.number(), publishedAt: ms, definition: definitionSchema })) }),
  },
  applyDefinitions: {
    method: 'POST',
    path: '/api/definitions',
    access: 'editor',
    bodyBytes: 16 * 1024 * 1024,
    summary: 'Publish definitions; those that did not change keep their version',
    body: z.object({ definitions: z.array(z.unknown()).min(1).max(500), dryRun: z.boolean().default(false) }),
    response: applyResultSchema,
  },
  importEvents: {
    method: 'POST',
    path: '/api/import',
    access: 'editor',
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

export type RouteName = keyof typeof routes
type Part<N extends RouteName, K extends string> = (typeof routes)[N] extends { readonly [P in K]: infer S extends z.ZodType } ? S : never
/** What a caller hands in (before defaults) and gets back, per route. */
export type RouteInput<N extends RouteName> = {
  params: [Part<N, 'params'>] extends [never] ? undefined : z.input<Part<N, 'params'>>
  query: [Part<N, 'query'>] extends [never] ? undefined : z.input<Part<N, 'query'>>
  body: [Part<N, 'body'>] extends [never] ? undefined : z.input<Part<N, 'body'>>
}
/** What a handler receives (after defaults). */
export type RouteRequest<N extends RouteName> = {
  params: [Part<N, 'params'>] extends [never] ? undefined : z.output<Part<N, 'params'>>
  query: [Part<N, 'query'>] extends [never] ? undefined : z.output<Part<N, 'query'>>
  body: [Part<N, 'body'>] extends [never] ? undefined : z.output<Part<N, 'body'>>
}
export type RouteResponse<N extends RouteName> = z.output<(typeof routes)[N]['response']>
