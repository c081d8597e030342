/** Channels by which people write back. */
export const inboundChannels = ['email', 'sms', 'whatsapp'] as const
export type InboundChannel = (typeof inboundChannels)[number]

/** Punctuation and signs around a word or a text. */
const AROUND = /^[\p{P}\p{S}\s]+|[\p{P}\p{S}\s]+$/gu

/** A text as it is compared: in lower case, single spaces, without punctuation around it. */
export function comparableText(text: string): string {
  return text.replace(AROUND, '').replace(/\s+/g, ' ').toLowerCase()
}

/** The first word of a text, as it is compared; empty when there is none. */
export function keywordOf(text: string): string {
  return comparableText(comparableText(text).split(' ')[0] ?? '')
}

/** With one of these as the first word a text message opts out: carriers act on them wherever the sender is (CTIA, Messaging Principles). */
const STOP_FIRST: ReadonlySet<string> = new Set(['stop', 'stopall', 'unsubscribe'])
/** These opt out as the whole text; with more behind them they are words like any other. */
const STOP_WHOLE: ReadonlySet<string> = new Set([
  'stop all',
  'opt out',
  'optout',
  'cancel',
  'end',
  'quit',
  'revoke',
  'stopp',
  'abmelden',
  'afmelden',
  'arret',
  'arrêt',
  'baja',
  'parar',
  'alto',
  'cancella',
  'disiscrivi',
  'avsluta',
])

/** Whether a text message says that its sender wants no more: consent's, and never a keyword of a journey. */
export function isStopText(text: string): boolean {
  return STOP_FIRST.has(keywordOf(text)) || STOP_WHOLE.has(comparableText(text))
}
