import { randomUUID } from 'node:crypto'
import { eventNames, lanes, ownSource, shardOf, type consentChannels, type Settings } from '@throughline/contracts'
import { consentChangedEvent, readConsents } from '../../consent/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { findMessage } from '../messages/find.ts'
import { type AppendEvents, type OwnEvent } from '../outcomes.ts'
import type { MessageRef } from './tokens.ts'

/** What a person can choose between on the preference page. */
export const choices = ['email', 'inbox', 'tracking'] as const satisfies readonly (typeof consentChannels)[number][]
export type Choice = (typeof choices)[number]
export type Preferences = { readonly [C in Choice]: boolean }

export interface PreferenceDeps {
  readonly pool: Pool
  readonly append: AppendEvents
  settings(): Promise<Settings>
}

/** How things stand for one person: what they said, else the workspace's defaults. */
export async function readPreferences(deps: PreferenceDeps, profileId: string): Promise<Preferences> {
  const [said, settings] = await Promise.all([readConsents(deps.pool, shardOf(profileId), profileId), deps.settings()])
  const stateOf = (channel: Choice): boolean => {
    const entry = said.find((each) => each.channel === channel && each.topic === '')
    return (entry?.state ?? (channel === 'tracking' ? settings.trackingDefault : settings.consentDefaults[channel])) === 'granted'
  }
  return { email: stateOf('email'), inbox: stateOf('inbox'), tracking: stateOf('tracking') }
}

/**
 * Opts out of the channel that a message came by. Durable, and in force for everything queued, when this resolves: the
 * accepting transaction writes the consent and the suppression of the address beside the events.
 */
export async function unsubscribe(deps: PreferenceDeps, ref: MessageRef, how: 'one-click' | 'page'): Promise<void> {
  const message = await findMessage(deps.pool, ref.profileId, ref.id)
  // A message that is kept no longer came by e-mail: only e-mails hold this link.
  const channel = message?.channel ?? 'email'
  const source = how === 'one-click' ? 'one-click unsubscribe' : 'unsubscribe page'
  const at = Date.now()
  const said: OwnEvent = {
    source: ownSource,
    messageId: `unsubscribed:${randomUUID()}`,
    type: 'track',
    name: eventNames.unsubscribed,
    timestamp: at,
    dedupeAt: at,
    properties: { message_id: ref.id, channel, ...(message?.journey && { journey: message.journey }), template: message?.template ?? '' },
    context: {},
    lane: lanes.live,
    triggers: true,
    who: { profileId: ref.profileId },
  }
  await deps.append([
    consentChangedEvent({ profileId: ref.profileId, channel, topic: '', state: 'withdrawn', source, address: message?.address ?? null }),
    said,
  ])
}

/** Writes those choices that changed. */
export async function setPreferences(deps: PreferenceDeps, ref: MessageRef, wanted: Preferences): Promise<Preferences> {
  const [now, message] = await Promise.all([readPreferences(deps, ref.profileId), findMessage(deps.pool, ref.profileId, ref.id)])
  const events = choices
    .filter((channel) => now[channel] !== wanted[channel])
    .map((channel) =>
      consentChangedEvent({
        profileId: ref.profileId,
        channel,
        topic: '',
        state: wanted[channel] ? 'granted' : 'withdrawn',
        source: 'preference page',
        address: channel === 'email' && message?.channel === 'email' ? message.address : null,
      }),
    )
  if (events.length > 0) await deps.append(events)
  return wanted
}
