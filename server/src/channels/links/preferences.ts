import { randomUUID } from 'node:crypto'
import {
  channelKinds,
  eventNames,
  factsOf,
  lanes,
  ownSource,
  shardOf,
  type ChannelKind,
  type consentChannels,
  type Settings,
} from '@throughline/contracts'
import { consentChangedEvent, readConsents } from '../../consent/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { findMessage } from '../messages/find.ts'
import { type AppendEvents, type OwnEvent } from '../outcomes.ts'
import type { MessageRef } from './tokens.ts'

/** Something that a person can choose on the preference page. */
export type Choice = (typeof consentChannels)[number]

/** How things stand for what is offered to a person, in the order of the page. */
export type Preferences = ReadonlyMap<Choice, boolean>

export interface PreferenceDeps {
  readonly pool: Pool
  readonly append: AppendEvents
  settings(): Promise<Settings>
}

// The channels of all templates as they stand: what the shop has never anything to say by is no choice.
const IN_USE = `select distinct channel from (
  select distinct on (id) body ->> 'channel' as channel from definitions where kind = 'template' order by id, version desc
) latest`

/**
 * How things stand for one person: what they said, else the workspace's defaults. Offered are e-mail, the inbox, the channels that the shop has a
 * template for or the person has said something about, and tracking.
 */
export async function readPreferences(deps: PreferenceDeps, profileId: string): Promise<Preferences> {
  const [said, settings, { rows }] = await Promise.all([
    readConsents(deps.pool, shardOf(profileId), profileId),
    deps.settings(),
    deps.pool.query<{ channel: string }>(IN_USE),
  ])
  const wordOn = (channel: Choice) => said.find((each) => each.channel === channel && each.topic === '')?.state
  const isOffered = (kind: ChannelKind): boolean =>
    factsOf(kind).choice !== null &&
    (kind === 'email' || kind === 'inbox' || wordOn(kind) !== undefined || rows.some(({ channel }) => channel === kind))
  return new Map<Choice, boolean>([
    ...channelKinds.filter(isOffered).map((kind) => [kind, (wordOn(kind) ?? settings.consentDefaults[kind]) === 'granted'] as const),
    ['tracking', (wordOn('tracking') ?? settings.trackingDefault) === 'granted'],
  ])
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

/**
 * Writes those choices that changed, and answers how things stand then.
 * @param wanted what the page said; what it did not offer stays as it is
 */
export async function setPreferences(deps: PreferenceDeps, ref: MessageRef, wanted: Preferences): Promise<Preferences> {
  const [now, message] = await Promise.all([readPreferences(deps, ref.profileId), findMessage(deps.pool, ref.profileId, ref.id)])
  const events = [...now].flatMap(([channel, isGranted]) => {
    const want = wanted.get(channel)
    return want === undefined || want === isGranted
      ? []
      : [
          consentChangedEvent({
            profileId: ref.profileId,
            channel,
            topic: '',
            state: want ? 'granted' : 'withdrawn',
            source: 'preference page',
            address: message?.channel === channel ? message.address : null,
          }),
        ]
  })
  if (events.length > 0) await deps.append(events)
  return new Map([...now].map(([channel, isGranted]) => [channel, wanted.get(channel) ?? isGranted]))
}
