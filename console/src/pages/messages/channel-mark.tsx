import {
  IconAppWindow,
  IconBell,
  IconBrandWhatsapp,
  IconDeviceMobile,
  IconDeviceMobileMessage,
  IconMail,
  IconMailbox,
  IconTargetArrow,
  IconWebhook,
  IconWorld,
} from '@tabler/icons-react'
import type { ChannelKind } from '@throughline/contracts'
import { channelNames } from '../../format/message-words.ts'

const icons = {
  email: IconMail,
  inbox: IconBell,
  webhook: IconWebhook,
  sms: IconDeviceMobileMessage,
  whatsapp: IconBrandWhatsapp,
  'web-push': IconWorld,
  'app-push': IconDeviceMobile,
  'on-site': IconAppWindow,
  'ad-audience': IconTargetArrow,
  'direct-mail': IconMailbox,
} as const satisfies Record<ChannelKind, unknown>

/** A channel by its sign, named for a screen reader. */
export function ChannelMark({ channel }: { readonly channel: ChannelKind }) {
  const Icon = icons[channel]
  return (
    <span title={channelNames[channel]} style={{ color: 'var(--ink-3)', flex: 'none', display: 'inline-flex', marginTop: 2 }}>
      <Icon size={17} stroke={1.7} aria-hidden />
      <span className="vh">{channelNames[channel]}: </span>
    </span>
  )
}
