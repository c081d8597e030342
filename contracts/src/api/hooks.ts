import { z } from 'zod'
import { problemSchema } from '../events.ts'
import { jsonObjectSchema } from '../json.ts'
import { importMappingSchema, sampleColumnSchema } from './imports.ts'
import { type Route, done, id, ms } from './parts.ts'

/** What an incoming webhook may tell of. */
export const hookKinds = ['people', 'events', 'orders', 'consents'] as const
export type HookKind = (typeof hookKinds)[number]

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'the name of a header, such as X-Signature')

/** How the sender signs the body: an HMAC of its bytes, in a header. */
export const hookSignatureSchema = z.strictObject({
  header: headerName,
  algorithm: z.enum(['sha256', 'sha1', 'sha512']).default('sha256'),
  encoding: z.enum(['hex', 'base64']).default('hex'),
  prefix: z.string().max(40).default('').meta({ description: 'what stands before it, such as sha256=' }),
})
export type HookSignature = z.infer<typeof hookSignatureSchema>

const path = z.string().max(300)

/** Under which id each thing that was told is known again when the sender tells it once more. */
export const hookIdentitySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('content') }).meta({ description: 'a hash of what was told' }),
  z.strictObject({ kind: z.literal('path'), path: path.min(1) }).meta({ description: 'a value in it' }),
  z.strictObject({ kind: z.literal('header'), name: headerName }).meta({ description: 'a header of the request' }),
])
export type HookIdentity = z.infer<typeof hookIdentitySchema>

/** `listening` keeps bodies so that they can be mapped, and takes nothing in · `on` · `paused` asks the sender to come again. */
export const hookStates = ['listening', 'on', 'paused'] as const
export type HookState = (typeof hookStates)[number]

export const hookSchema = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string().meta({ description: 'of its events' }),
  kind: z.enum(hookKinds),
  path: z.string().meta({
    description:
      'the address behind that of the server; whoever has it can send. Empty when it was sealed under another secret key: renew it',
  }),
  signature: hookSignatureSchema.nullable(),
  hasSecret: z.boolean(),
  needsSecret: z.boolean().meta({ description: 'whether its secret was sealed under another secret key: enter it again' }),
  items: z.string().meta({ description: 'where in the body the list of what is told stands; empty for the body itself' }),
  identity: hookIdentitySchema,
  mapping: importMappingSchema.nullable().meta({ description: 'columns are paths in the body, such as customer.email or lines[].sku' }),
  state: z.enum(hookStates),
  lastAt: ms.nullable(),
  createdAt: ms,
  createdBy: z.string(),
})
export type Hook = z.infer<typeof hookSchema>

export const hookBodySchema = z.object({
  id: z.string(),
  at: ms,
  outcome: z.enum(['kept', 'accepted', 'refused']),
  note: z.string().nullable().meta({ description: 'why it was refused' }),
  body: z.string(),
})
export type HookBody = z.infer<typeof hookBodySchema>

export const hookTrialSchema = z.object({
  items: z.string(),
  found: z.number().meta({ description: 'how many things the body tells' }),
  columns: z.array(sampleColumnSchema),
  mapping: importMappingSchema,
  missing: z.array(z.string()).meta({ description: 'what the mapping lacks before it can be switched on' }),
  results: z
    .array(z.object({ events: z.array(jsonObjectSchema), problems: z.array(problemSchema) }))
    .meta({ description: 'what would come of the first of them' }),
})
export type HookTrial = z.infer<typeof hookTrialSchema>

const secret = z.string().min(1).max(1_000).optional().meta({ description: 'with which the sender signs; it never comes out again' })
const name = z.string().trim().min(1).max(120)

export const hooksRoutes = {
  hooks: {
    method: 'GET',
    path: '/api/hooks',
    access: 'editor',
    summary: 'Incoming webhooks with their addresses, by name',
    response: z.object({ items: z.array(hookSchema) }),
  },
  createHook: {
    method: 'POST',
    path: '/api/hooks',
    access: 'admin',
    summary: 'Add an incoming webhook; it keeps what comes until it is mapped and switched on',
    body: z.object({ name, kind: z.enum(hookKinds), signature: hookSignatureSchema.nullable().default(null), secret }),
    response: hookSchema,
  },
  hook: { method: 'GET', path: '/api/hooks/:id', access: 'editor', summary: 'One incoming webhook', params: id, response: hookSchema },
  changeHook: {
    method: 'PUT',
    path: '/api/hooks/:id',
    access: 'admin',
    summary: 'Change name and signature of an incoming webhook; the secret stays where it is left out',
    params: id,
    body: z.object({ name, signature: hookSignatureSchema.nullable(), secret }),
    response: hookSchema,
  },
  renewHook: {
    method: 'POST',
    path: '/api/hooks/:id/renew',
    access: 'admin',
    summary: 'Give an incoming webhook another address; the one before stops working',
    params: id,
    response: hookSchema,
  },
  deleteHook: {
    method: 'DELETE',
    path: '/api/hooks/:id',
    access: 'admin',
    summary: 'Remove an incoming webhook; what it brought in stays',
    params: id,
    response: done,
  },
  mapHook: {
    method: 'PUT',
    path: '/api/hooks/:id/mapping',
    access: 'editor',
    summary: 'Say what becomes of a body',
    bodyBytes: 1024 * 1024,
    params: id,
    body: z.object({ items: path.default(''), identity: hookIdentitySchema.default({ kind: 'content' }), mapping: importMappingSchema }),
    response: hookSchema,
  },
  setHookState: {
    method: 'PUT',
    path: '/api/hooks/:id/state',
    access: 'editor',
    summary: 'Switch an incoming webhook on, pause it, or let it listen only',
    params: id,
    body: z.object({ state: z.enum(hookStates) }),
    response: hookSchema,
  },
  tryHook: {
    method: 'POST',
    path: '/api/hooks/:id/try',
    access: 'editor',
    summary: 'What would come of a body; without a mapping one is suggested. Nothing is taken in',
    audit: false,
    bodyBytes: 2 * 1024 * 1024,
    params: id,
    body: z.object({
      body: z.string().max(500_000),
      items: path.optional(),
      identity: hookIdentitySchema.default({ kind: 'content' }),
      mapping: importMappingSchema.optional(),
    }),
    response: hookTrialSchema,
  },
  hookBodies: {
    method: 'GET',
    path: '/api/hooks/:id/bodies',
    access: 'editor',
    summary: 'The latest bodies that came, at most 20 and a week old',
    params: id,
    response: z.object({ items: z.array(hookBodySchema) }),
  },
} as const satisfies Record<string, Route>
