import { z } from 'zod'

/** What messages are sent by. */
export const channelKinds = [
  'email',
  'inbox',
  'webhook',
  'sms',
  'whatsapp',
  'web-push',
  'app-push',
  'on-site',
  'ad-audience',
  'direct-mail',
] as const
export const channelKindSchema = z.enum(channelKinds)
export type ChannelKind = (typeof channelKinds)[number]

/** What of a person messages go to. */
export type ReachedBy =
  | 'email'
  | 'profile'
  | 'nothing'
  | 'phone'
  | 'web-push-token'
  | 'app-push-token'
  | 'postal-address'
  | 'email-or-phone'

interface ChannelFacts {
  /** As a heading; `word` within a sentence; `one` of its messages. */
  readonly name: string
  readonly word: string
  readonly one: string
  /** How its templates are written: `titled` texts have a title, a body and a link; `plain` ones no title. */
  readonly medium: 'email' | 'inbox' | 'webhook' | 'plain' | 'titled'
  readonly reachedBy: ReachedBy
  /** `provider`: one can be configured · `house`: Throughline itself · `none`: there is none to configure yet, all goes to the sandbox. */
  readonly carrier: 'provider' | 'house' | 'none'
  /** What holds for people who have said nothing, in a new workspace. */
  readonly consentDefault: 'granted' | 'withdrawn'
  /** What a consent to it allows, as the team reads it. */
  readonly consent: string
  /** What a person reads on the preference page; `null`: nothing that they choose. */
  readonly choice: { readonly name: string; readonly hint: string } | null
  /** Characters that are shown, about; what goes beyond is cut off by most devices or refused by the carrier. */
  readonly shows?: { readonly title?: number; readonly body?: number }
}

/**
 * The one table of channels: whatever lists, names or asks for them follows from it. Characters shown: Meta's limits for template bodies of
 * WhatsApp (1,024) and for ads (headline 40, text 125); what browsers and phones show of a push before they cut it differs, this is about
 * the least. A text message has no limit of its own but is paid by the part, see `countSmsParts`.
 */
export const channelTable = {
  email: {
    name: 'E-mail',
    word: 'e-mail',
    one: 'e-mail',
    medium: 'email',
    reachedBy: 'email',
    carrier: 'provider',
    consentDefault: 'granted',
    consent: 'Marketing by e-mail',
    choice: { name: 'E-mail', hint: 'News and offers by e-mail' },
  },
  inbox: {
    name: 'Inbox',
    word: 'notification inbox',
    one: 'inbox note',
    medium: 'inbox',
    reachedBy: 'profile',
    carrier: 'house',
    consentDefault: 'granted',
    consent: 'Notes in the inbox',
    choice: { name: 'Inbox', hint: 'News and offers in your inbox on our site and in our app' },
  },
  webhook: {
    name: 'Webhook',
    word: 'webhook',
    one: 'webhook',
    medium: 'webhook',
    reachedBy: 'nothing',
    carrier: 'provider',
    consentDefault: 'granted',
    consent: 'Data to webhooks',
    choice: null,
  },
  sms: {
    name: 'SMS',
    word: 'SMS',
    one: 'SMS',
    medium: 'plain',
    reachedBy: 'phone',
    carrier: 'none',
    consentDefault: 'withdrawn',
    consent: 'Marketing by SMS',
    choice: { name: 'SMS', hint: 'News and offers as text messages to your phone' },
  },
  whatsapp: {
    name: 'WhatsApp',
    word: 'WhatsApp',
    one: 'WhatsApp message',
    medium: 'plain',
    reachedBy: 'phone',
    carrier: 'none',
    consentDefault: 'withdrawn',
    consent: 'Marketing by WhatsApp',
    choice: { name: 'WhatsApp', hint: 'News and offers by WhatsApp' },
    shows: { body: 1_024 },
  },
  'web-push': {
    name: 'Web push',
    word: 'web push',
    one: 'web push',
    medium: 'titled',
    reachedBy: 'web-push-token',
    carrier: 'none',
    // Whoever can be reached has said yes to their browser or phone; without that there is no token.
    consentDefault: 'granted',
    consent: 'Marketing by web push',
    choice: { name: 'Web push', hint: 'News and offers as notifications of your browser' },
    shows: { title: 50, body: 120 },
  },
  'app-push': {
    name: 'App push',
    word: 'app push',
    one: 'app push',
    medium: 'titled',
    reachedBy: 'app-push-token',
    carrier: 'none',
    consentDefault: 'granted',
    consent: 'Marketing by app push',
    choice: { name: 'App push', hint: 'News and offers as notifications of our app' },
    shows: { title: 50, body: 150 },
  },
  'on-site': {
    name: 'On-site',
    word: 'on-site messages',
    one: 'on-site message',
    medium: 'titled',
    reachedBy: 'profile',
    carrier: 'none',
    consentDefault: 'granted',
    consent: 'Offers shown on the site',
    choice: { name: 'On our site', hint: 'Offers chosen for you while you are on our site' },
  },
  'ad-audience': {
    name: 'Ad audience',
    word: 'ad audiences',
    one: 'ad',
    medium: 'titled',
    reachedBy: 'email-or-phone',
    carrier: 'none',
    consentDefault: 'withdrawn',
    consent: 'Ads on other sites',
    choice: { name: 'Ads', hint: 'We may ask ad networks to show you our ads on other sites' },
    shows: { title: 40, body: 125 },
  },
  'direct-mail': {
    name: 'Direct mail',
    word: 'direct mail',
    one: 'letter',
    medium: 'titled',
    reachedBy: 'postal-address',
    carrier: 'none',
    consentDefault: 'withdrawn',
    consent: 'Marketing by post',
    choice: { name: 'Post', hint: 'News and offers by letter or postcard' },
  },
} as const satisfies Record<ChannelKind, ChannelFacts>

type OfMedium<M extends ChannelFacts['medium']> = {
  [K in ChannelKind]: (typeof channelTable)[K]['medium'] extends M ? K : never
}[ChannelKind]
export type PlainChannel = OfMedium<'plain'>
export type TitledChannel = OfMedium<'titled'>
/** Channels of plain text. */
export type TextChannel = PlainChannel | TitledChannel

export const plainChannels = channelKinds.filter((kind): kind is PlainChannel => factsOf(kind).medium === 'plain')
export const titledChannels = channelKinds.filter((kind): kind is TitledChannel => factsOf(kind).medium === 'titled')
export const textChannels: readonly TextChannel[] = [...plainChannels, ...titledChannels]

/** What is to be known of a channel, without the literal types of the table. */
export function factsOf(channel: ChannelKind): ChannelFacts {
  return channelTable[channel]
}

/** Something for each channel. */
export function eachChannel<T>(make: (channel: ChannelKind) => T): { readonly [K in ChannelKind]: T } {
  return Object.fromEntries(channelKinds.map((kind) => [kind, make(kind)])) as { [K in ChannelKind]: T }
}

const reachedBy = (...kinds: readonly ReachedBy[]): readonly ChannelKind[] =>
  channelKinds.filter((kind) => kinds.includes(factsOf(kind).reachedBy))

/** Channels whose addresses are identifiers of people too, or their profile itself. */
export const channelsByIdentifier = {
  email: reachedBy('email', 'email-or-phone'),
  phone: reachedBy('phone', 'email-or-phone'),
  profile: reachedBy('profile'),
} as const
