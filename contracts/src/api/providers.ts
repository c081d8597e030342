import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { type Route, ms, done } from './parts.ts'

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

export const providersRoutes = {
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
} as const satisfies Record<string, Route>
