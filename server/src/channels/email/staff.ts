import type { Settings } from '@throughline/contracts'
import type { ActiveProvider } from '../providers/store.ts'
import { domainOf, requireEmail } from './address.ts'
import { senderOf } from './compose.ts'
import { mailbox } from './mime.ts'

/** A mail to somebody of the shop. */
export interface MailToStaff {
  /** The same at every repetition; the Message-ID is made of it. */
  readonly id: string
  readonly address: string
  readonly createdAt: number
  readonly subject: string
  readonly html: string
  readonly text: string
}

/**
 * Hands a mail to somebody of the shop over, marked as made by a program (RFC 3834), so that nothing answers it by itself.
 * @throws DeliveryError
 */
export async function handOverToStaff(
  { provider, config }: ActiveProvider,
  { id, address, createdAt, subject, html, text }: MailToStaff,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  requireEmail(address)
  const sender = senderOf(config?.kind === 'smtp' ? config : null, settings)
  await provider.send(
    {
      id,
      shard: 0,
      profileId: '',
      personId: '',
      address,
      createdAt,
      content: {
        channel: 'email',
        from: mailbox(sender.address, sender.name),
        subject: subject.replace(/\s+/g, ' ').trim(),
        html,
        text,
        headers: {
          'Message-ID': `<${id.replace(/[^\w.-]/g, '_')}@${domainOf(sender.address)}>`,
          'Auto-Submitted': 'auto-generated',
        },
      },
    },
    signal,
  )
}
