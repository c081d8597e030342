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
  /** A campaign to more than so many people needs a second person of at least this role to approve it; null: none does. */
  approval: z
    .object({ above: z.int().min(0).max(1_000_000_000), by: z.enum(['editor', 'admin']).default('editor') })
    .nullable()
    .default(null),
})

export type Settings = z.infer<typeof settingsSchema>

/** Somebody who can sign in. */
export const accountSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(roles),
  createdAt: ms,
  hasPassword: z.boolean().meta({ description: 'whether they chose a password; until then they sign in by a link' }),
})
export type Account = z.infer<typeof accountSchema>

/** A link that signs in once. */
const signInLink = { link: z.string().meta({ description: 'signs in once, within 30 minutes; hand it to them yourself' }) }

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
  accounts: {
    method: 'GET',
    path: '/api/accounts',
    access: 'admin',
    summary: 'Who can sign in',
    response: z.object({ items: z.array(accountSchema) }),
  },
  createAccount: {
    method: 'POST',
    path: '/api/accounts',
    access: 'admin',
    summary: 'Add an account; the link that is answered signs its owner in once',
    body: z.strictObject({ email: z.email().max(320), role: z.enum(roles) }),
    response: accountSchema.extend(signInLink),
  },
  setAccountRole: {
    method: 'PUT',
    path: '/api/accounts/:id/role',
    access: 'admin',
    summary: 'Let somebody do more, or less: then their sessions end at once',
    params: id,
    body: z.strictObject({ role: z.enum(roles) }),
    response: accountSchema,
  },
  linkAccount: {
    method: 'POST',
    path: '/api/accounts/:id/link',
    access: 'admin',
    summary: 'A new link that signs the owner of an account in once',
    params: id,
    response: z.object(signInLink),
  },
  deleteAccount: {
    method: 'DELETE',
    path: '/api/accounts/:id',
    access: 'admin',
    summary: 'Remove an account; its sessions end at once',
    params: id,
    response: done,
  },
} as const satisfies Record<string, Route>
