import { suppressionKey } from '../../profiles/index.ts'
import { isBlocked } from '../reach.ts'
import { allow, type Rule } from '../rule.ts'

/** Nothing goes to an address that bounced for good or complained, not even a receipt; nor marketing to one that unsubscribed. */
export const suppression: Rule = {
  name: 'suppression',
  answer({ channel, purpose, address, profile }) {
    if (address === null) return allow
    const [reason] = profile.suppressed[suppressionKey(channel, address)] ?? ['']
    if (!isBlocked(reason, purpose)) return allow
    if (reason === 'unsubscribed') return { kind: 'refuse', reason: `${address} has unsubscribed` }
    return { kind: 'refuse', reason: `nothing may be sent to ${address} since what went there bounced or was reported as unwanted` }
  },
}
