import { z } from 'zod'
import { inboundChannels } from '../inbound.ts'
import { type Route, id, storableText } from './parts.ts'

const text = storableText(1, 4_000)

export const receivedSchema = z.object({
  outcome: z
    .enum(['received', 'repeated', 'opted-out'])
    .meta({ description: '`opted-out`: it was a word such as STOP; the consent is withdrawn, and no journey hears of it' }),
  keyword: z.string().meta({ description: 'its first word, in lower case' }),
  inReplyTo: z.string().nullable().meta({ description: 'the message that it answers' }),
})

export const inboundRoutes = {
  receiveMessage: {
    method: 'POST',
    path: '/api/inbound-messages',
    access: 'editor',
    audit: 'bare',
    summary: 'Tell what somebody wrote back by e-mail, SMS or WhatsApp; STOP and its like withdraw the consent',
    body: z.strictObject({
      channel: z.enum(inboundChannels),
      from: storableText(1, 254).meta({ description: 'the e-mail address or phone number that wrote it' }),
      text,
      messageId: storableText(1, 200)
        .optional()
        .meta({ description: "the provider's id; told again with the same, nothing happens again" }),
      inReplyTo: storableText(1, 200).optional().meta({
        description: 'id of the message that it answers; left out, the latest one that went to them by this channel in the last 7 days',
      }),
      create: z.boolean().default(false).meta({ description: 'whether a profile is made for a sender whom nobody knows' }),
    }),
    response: receivedSchema,
  },
  replyToMessage: {
    method: 'POST',
    path: '/api/messages/:id/reply',
    access: 'editor',
    summary: 'Reply to a message in the sandbox as the person whom it is for, to try out what follows',
    params: id,
    body: z.strictObject({ text }),
    response: receivedSchema,
  },
} as const satisfies Record<string, Route>
