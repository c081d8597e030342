import { z } from 'zod'
import { channelTable, eachChannel } from '../channel.ts'
import { frequencyCapSchema, quietHoursSchema } from '../policy.ts'
import { roles, type Route, id, ms, done } from './parts.ts'
import { consentStateSchema } from './people.ts'

export const userSchema = z.object({ id: z.string(), email: z.string(), role: z.enum(roles), workspace: z.string() })

export const sourceSchema = z.object({ id: z.string(), name: z.string(), writeKey: z.string(), createdAt: ms, lastEventAt: ms.nullable() })

const price = z.int().min(0).max(100_000_000).nullable()

export const settingsSchema = z.object({
  name: z.string().min(1).max(120),
  zone: z.string().min(1),
  currency: z.string().length(3),
  locale: z.string().min(2),
  baseUrl: z.url(),
  /** Whether a person who has said nothing may get marketing on a channel. */
  consentDefaults: z.object(eachChannel((kind) => consentStateSchema.default(channelTable[kind].consentDefault))),
  /** Whether opens and clicks of a person who has said nothing are tracked. */
  trackingDefault: consentStateSchema,
  /** What a thousand messages cost, in minor units of the currency (cents); null where nobody has said. For estimates. */
  pricePerThousand: z.object(eachChannel(() => price.default(null))).default(eachChannel(() => null)),
  /** Marketing that comes into these hours waits until they are over; null: there are none. */
  quietHours: quietHoursSchema.nullable().default(null),
  frequencyCaps: z.array(frequencyCapSchema).max(10).default([]),
  /** Recency, frequency, money: how many days' orders count (null: all), and at which hour scores are computed, by the clocks of the zone. */
  rfm: z.object({ days: z.int().min(30).max(400).nullable(), hour: z.int().min(0).max(23) }).default({ days: null, hour: 4 }),
})

export type Settings = z.infer<typeof settingsSchema>

export const apiKeySchema = z.object({ id: z.string(), name: z.string(), role: z.enum(roles), prefix: z.string(), createdAt: ms })

export const accountsRoutes = {
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
} as const satisfies Record<string, Route>
