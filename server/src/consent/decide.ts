import type { ChannelKind, Settings } from '@throughline/contracts'
import { isAgreed, isBlocked } from '@throughline/engine'
import type { Permission } from './permissions.ts'

export type SendDecision =
  | { readonly kind: 'send' }
  | { readonly kind: 'hold'; readonly rule: 'consent' | 'suppression'; readonly reason: string }

const why: { readonly [reason: string]: string } = {
  unsubscribed: 'unsubscribed',
  bounced: 'does not exist, as the provider told us',
  complaint: 'reported our mail as unwanted',
}

/**
 * Whether a message may go out now, and if not, why, as a sentence.
 * A receipt (purpose transactional) needs no consent and passes an opt-out; a dead address stops everything.
 */
export function decideSend(
  permission: Permission,
  message: { readonly channel: ChannelKind; readonly label: string; readonly purpose: 'marketing' | 'transactional' },
  settings: Pick<Settings, 'consentDefaults' | 'zone' | 'locale'>,
): SendDecision {
  const { suppression, consent } = permission
  const marketing = message.purpose === 'marketing'
  if (suppression !== null && isBlocked(suppression.reason, message.purpose)) {
    return hold(
      'suppression',
      `Held back: this address ${why[suppression.reason] ?? `is suppressed (${suppression.reason})`}, ${day(suppression.at, settings)}.`,
    )
  }
  if (!marketing || isAgreed(consent?.state, settings.consentDefaults[message.channel])) return { kind: 'send' }
  if (consent === null) return hold('consent', `Held back: has not agreed to ${message.label} yet.`)
  return hold('consent', `Held back: opted out of ${message.label} on ${day(consent.at, settings)} (${consent.source}).`)
}

/** Whether opens and clicks of this person may be recorded: what they said, else the workspace's default. */
export function mayTrack(permission: Pick<Permission, 'tracking'>, settings: Pick<Settings, 'trackingDefault'>): boolean {
  return (permission.tracking ?? settings.trackingDefault) === 'granted'
}

function hold(rule: 'consent' | 'suppression', reason: string): SendDecision {
  return { kind: 'hold', rule, reason }
}

function day(at: number, settings: Pick<Settings, 'zone'>): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: settings.zone }).format(at)
}
