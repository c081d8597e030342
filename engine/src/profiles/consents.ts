import { eventNames, lanes, type Event, type Json } from '@throughline/contracts'
import type { ConsentState } from '../profile.ts'

export interface ConsentWord {
  /** `channel` or `channel:topic`. */
  readonly key: string
  readonly consent: ConsentState
}

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/**
 * What an event says about consent, if it is `Consent Changed` (`{ channel, topic?, state, source? }`) or `Unsubscribed`
 * (`{ channel?, topic? }`). A grant that an import or a journey brings counts as said at instant 0: it fills in where the person has
 * said nothing, and never lifts an opt-out, however often a list is imported again.
 */
export function consentSaidBy(event: Event): ConsentWord | null {
  if (event.name !== eventNames.unsubscribed && event.name !== eventNames.consentChanged) return null
  const { properties } = event
  const at = Math.min(event.timestamp, event.receivedAt)
  const topic = text(properties.topic)
  if (event.name === eventNames.unsubscribed) {
    const channel = text(properties.channel) ?? 'email'
    const reason = text(properties.reason)
    return {
      key: consentKey(channel, topic),
      consent: { state: 'withdrawn', at, source: text(properties.source) ?? reason ?? 'unsubscribe link' },
    }
  }
  const channel = text(properties.channel)
  if (channel === undefined) return null
  const source = text(properties.source)
  const said = source === undefined ? {} : { source }
  if (properties.state === 'withdrawn') return { key: consentKey(channel, topic), consent: { state: 'withdrawn', at, ...said } }
  if (properties.state !== 'granted') return null
  return { key: consentKey(channel, topic), consent: { state: 'granted', at: event.lane === lanes.live ? at : 0, ...said } }
}

/** Which of two words holds: the later one; a withdrawal when both are of the same instant. */
export function laterConsent(standing: ConsentState | undefined, said: ConsentState): ConsentState {
  if (standing === undefined || said.at > standing.at) return said
  return said.at === standing.at && said.state === 'withdrawn' && standing.state === 'granted' ? said : standing
}

/** What two people who prove to be one have said: the withdrawal, where one of them has withdrawn. */
export function withdrawalOf(standing: ConsentState | undefined, said: ConsentState): ConsentState {
  if (standing === undefined || standing.state === said.state) return laterConsent(standing, said)
  return { ...(standing.state === 'withdrawn' ? standing : said), at: Math.max(standing.at, said.at) }
}

/** Under what a profile keeps what was said of a channel, or of a topic on it. */
export function consentKey(channel: string, topic: string | undefined): string {
  return topic === undefined ? channel : `${channel}:${topic}`
}
