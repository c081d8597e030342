import { z } from 'zod'
import { problemSchema } from '../events.ts'
import { jsonObjectSchema } from '../json.ts'

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
  /** The body is a file of any length, `application/octet-stream`, which the handler reads as it comes. */
  readonly upload?: true
  /** Answers a file of this type, written as it is read; `response` then says nothing about it. */
  readonly download?: string
  /** Largest body taken, in bytes; 1 MiB where nothing stands here. */
  readonly bodyBytes?: number
  /** Whether calls stand in the audit log; where nothing is said, all but those with GET. `bare`: without what was asked for. */
  readonly audit?: boolean | 'bare'
}

/** Text that every store takes. */
export function storableText(least: number, most: number) {
  return z
    .string()
    .min(least)
    .max(most)
    .refine((value) => !/[\0\p{Surrogate}]/u.test(value), 'text without NUL characters and lone surrogates')
}

export const id = z.object({ id: z.string().min(1) })

/** One send of a campaign, in the address. */
export const sendParams = z.object({ id: z.string().min(1), number: z.coerce.number().int().min(1) })

export const ms = z.number().meta({ description: 'epoch milliseconds' })

export const page = { cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }

export const paged = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })

export const done = z.object({ ok: z.literal(true) })

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
