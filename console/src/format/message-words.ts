import { channelTable, eachChannel } from '@throughline/contracts'
import type { Message } from '@throughline/contracts'

export const channelNames = eachChannel((kind) => channelTable[kind].name)

export type Tone = 'good' | 'plain' | 'wait' | 'bad'
type Status = Message['status']

export const statusNames: Record<Status, string> = {
  queued: 'Queued',
  sending: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  bounced: 'Bounced',
  failed: 'Failed',
  held: 'Held back',
  cancelled: 'Cancelled',
}
export const statusTones: Record<Status, Tone> = {
  queued: 'wait',
  sending: 'wait',
  sent: 'good',
  delivered: 'good',
  bounced: 'bad',
  failed: 'bad',
  held: 'wait',
  cancelled: 'plain',
}

/** What a list calls a message: its subject, or else its template. */
export function messageTitle(message: Pick<Message, 'subject' | 'template'>): string {
  return message.subject ?? message.template
}

/** What came of it, in the fewest words. */
export function outcomeWords(message: Pick<Message, 'openedAt' | 'clickedAt' | 'status'>): string {
  if (message.clickedAt !== null) return 'clicked'
  if (message.openedAt !== null) return 'opened'
  return ''
}
