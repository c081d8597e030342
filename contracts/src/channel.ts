import { z } from 'zod'

/** What messages are sent by. */
export const channelKinds = ['email', 'inbox', 'webhook'] as const
export const channelKindSchema = z.enum(channelKinds)
export type ChannelKind = (typeof channelKinds)[number]
