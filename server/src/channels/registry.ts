import type { ChannelKind } from '@throughline/contracts'
import { emailChannel } from './email/index.ts'
import { inboxChannel } from './inbox/index.ts'
import type { Channel } from './port.ts'
import { makeTextChannel } from './text/index.ts'
import { webhookChannel } from './webhook/index.ts'

/** Every channel; one that is missing does not compile. */
export const channels: { readonly [C in ChannelKind]: Channel<C> } = {
  email: emailChannel,
  inbox: inboxChannel,
  webhook: webhookChannel,
  sms: makeTextChannel('sms'),
  whatsapp: makeTextChannel('whatsapp'),
  'web-push': makeTextChannel('web-push'),
  'app-push': makeTextChannel('app-push'),
  'on-site': makeTextChannel('on-site'),
  'ad-audience': makeTextChannel('ad-audience'),
  'direct-mail': makeTextChannel('direct-mail'),
}

/** The channel of a kind that is only known at run time; what is handed to it must be of the same kind. */
export function channelOf(kind: ChannelKind): Channel {
  return channels[kind] as unknown as Channel
}
