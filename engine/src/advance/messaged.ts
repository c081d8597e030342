import type { Event } from '@throughline/contracts'
import { uncounting } from '../definitions/index.ts'
import type { MessageEffect } from '../effects.ts'
import { shortKey } from '../hash.ts'
import type { Messaged, ProfileState } from '../profile.ts'
import type { Draft } from './draft.ts'

/** So many of the latest are kept, whatever the caps; none allows more in its time. */
const most = 200

/** Counts a message that is to be sent, from the instant of the decision on: what is decided next already sees it. */
export function countMessage(draft: Draft, { id, channel, journey, purpose, decision }: MessageEffect): void {
  const { capsReach } = draft.definitions
  if (capsReach === 0 || purpose !== 'marketing' || decision.kind !== 'send') return
  const standing = (draft.messaged ?? []).filter(([at]) => at > draft.now - capsReach)
  draft.messaged = [...standing, [draft.now, channel, journey, shortKey(id)] satisfies Messaged].slice(-most)
}

/** Counts a message no more of which an outcome says that nobody got it. */
export function uncountMessage(draft: Draft, { type, name, properties }: Event): void {
  const { messaged } = draft
  if (messaged === undefined || type !== 'outcome' || !uncounting.has(name) || typeof properties.message_id !== 'string') return
  const key = shortKey(properties.message_id)
  if (messaged.some(([, , , one]) => one === key)) draft.messaged = messaged.filter(([, , , one]) => one !== key)
}

/** What two people who prove to be one were told: all of it, each message once. */
export function mergeMessaged(ours: ProfileState['messaged'], theirs: ProfileState['messaged']): ProfileState['messaged'] {
  if (theirs === undefined) return ours
  const byKey = new Map([...(ours ?? []), ...theirs].map((one) => [one[3], one]))
  return [...byKey.values()].sort((a, b) => a[0] - b[0]).slice(-most)
}
