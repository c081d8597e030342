import { z } from 'zod'
import { channelKindSchema, textChannels } from '../channel.ts'
import { type Route, id, ms, page, paged, timelineEntrySchema } from './parts.ts'

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
  /** The number of the send, of a campaign's messages. */
  send: z.number().nullable(),
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
      z.object({
        channel: z.enum(textChannels),
        /** What a provider is told of who it is for: a phone number, a token, an address, or of ad audiences the SHA-256 of an e-mail address or phone number in hexadecimal. */
        recipient: z.string(),
        /** Null where the channel has none. */
        title: z.string().nullable(),
        body: z.string(),
        url: z.string().nullable(),
      }),
    ])
    .nullable(),
  events: z.array(timelineEntrySchema),
})

export type MessageDetail = z.infer<typeof messageDetailSchema>

export const messagesRoutes = {
  messages: {
    method: 'GET',
    path: '/api/messages',
    access: 'viewer',
    summary: 'Messages, newest first',
    query: z.object({
      channel: channelKindSchema.optional(),
      status: z.enum(messageStatuses).optional(),
      journey: z.string().optional(),
      send: z.string().optional().meta({ description: 'one send of a campaign, as `ID#NUMBER`' }),
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
} as const satisfies Record<string, Route>
