import type { ChannelKind } from '@throughline/contracts'
import { allow, type Rule } from '../rule.ts'

const missing: { readonly [K in ChannelKind]: string } = {
  email: 'has no e-mail address that mail can be sent to',
  inbox: 'has no notification inbox',
  webhook: 'has no webhook',
}

/** There must be somewhere to send it to. */
export const reachability: Rule = {
  name: 'reachability',
  answer: ({ channel, address }) => (address === null ? { kind: 'refuse', reason: missing[channel] } : allow),
}
