import { factsOf } from '@throughline/contracts'
import { sayDay } from '../../time-text.ts'
import { isAgreed } from '../reach.ts'
import { allow, type Rule } from '../rule.ts'

/** Marketing needs consent: the person's own word on the channel, or else the workspace's default. */
export const consent: Rule = {
  name: 'consent',
  answer({ channel, purpose, profile, settings, now }) {
    if (purpose === 'transactional') return allow
    const said = profile.consents[channel]
    if (isAgreed(said?.state, settings.consentDefaults[channel])) return allow
    const { word } = factsOf(channel)
    if (said === undefined) return { kind: 'refuse', reason: `has not agreed to ${word}` }
    const source = said.source === undefined ? '' : ` (${said.source})`
    return { kind: 'refuse', reason: `withdrew ${word} consent on ${sayDay(said.at, now, settings.zone)}${source}` }
  },
}
