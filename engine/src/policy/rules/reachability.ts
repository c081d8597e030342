import { whyUnreached } from '../addresses.ts'
import { allow, type Rule } from '../rule.ts'

/** There must be somewhere to send it to. */
export const reachability: Rule = {
  name: 'reachability',
  answer: ({ channel, address }) => (address === null ? { kind: 'refuse', reason: whyUnreached(channel) } : allow),
}
