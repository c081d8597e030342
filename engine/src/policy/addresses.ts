import type { ChannelKind } from '@throughline/contracts'
import type { Trait } from '../profile.ts'

/** Whose address is asked for; nobody in particular has no id. */
interface Addressed {
  readonly id?: string
  readonly traits: { readonly [name: string]: Trait }
}
type Finder = (profile: Addressed) => string | null

const finders: { readonly [K in ChannelKind]: Finder } = {
  email(profile) {
    const email = profile.traits.email?.[0]
    return typeof email === 'string' && /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? email.trim() : null
  },
  inbox: (profile) => profile.id ?? '',
  /** The template says where; the text only tells that nothing about the person is needed. */
  webhook: () => '',
}

/** Where messages of a channel reach this person; `null` when they do not. */
export function addressFor(channel: ChannelKind, profile: Addressed): string | null {
  return finders[channel](profile)
}
