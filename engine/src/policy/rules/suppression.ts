import { suppressionKey } from '../../profiles/index.ts'
import { allow, type Rule } from '../rule.ts'

/** Nothing goes to an address that bounced for good or complained, not even a receipt. */
export const suppression: Rule = {
  name: 'suppression',
  answer({ channel, address, profile }) {
    if (address === null || !profile.suppressed.includes(suppressionKey(channel, address))) return allow
    return { kind: 'refuse', reason: `nothing may be sent to ${address} since mail to it bounced or was reported as unwanted` }
  },
}
