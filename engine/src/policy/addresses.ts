import { channelKinds, factsOf, valueAt, type ChannelKind, type Json, type JsonObject, type ReachedBy } from '@throughline/contracts'
import type { Trait } from '../profile.ts'

/** Whose address is asked for; nobody in particular has no id. */
interface Addressed {
  readonly id?: string
  readonly traits: { readonly [name: string]: Trait }
}

interface Reach {
  /** Traits that the address is made of. */
  readonly traits: readonly string[]
  /** What somebody lacks who is not reached: `has no …`. */
  readonly missing: string
  find(profile: Addressed): string | null
}

const email: Reach = {
  traits: ['email'],
  missing: 'has no e-mail address that mail can be sent to',
  find(profile) {
    const said = textAt(profile, 'email')
    return said !== null && /^[^\s@]+@[^\s@]+$/.test(said) ? said : null
  },
}
const phone: Reach = {
  traits: ['phone'],
  missing: 'has no phone number with its country in front, such as +49 151 23456789',
  find(profile) {
    const said = textAt(profile, 'phone')
    return said === null ? null : toE164(said)
  },
}

const reaches: { readonly [K in ReachedBy]: Reach } = {
  email,
  phone,
  profile: { traits: [], missing: 'has no profile', find: (profile) => profile.id ?? '' },
  /** The template says where; the text only tells that nothing about the person is needed. */
  nothing: { traits: [], missing: 'has no address', find: () => '' },
  'web-push-token': byToken('web_push_token', 'has not allowed notifications in a browser'),
  'app-push-token': byToken('app_push_token', 'has not allowed notifications in the app'),
  'postal-address': {
    traits: ['address', ...['street', 'postalCode', 'city', 'country'].map((part) => `address.${part}`)],
    missing: 'has no postal address with street, postal code and city',
    find(profile) {
      const [street, code, city, country] = postalParts.map((name) => textAt(profile, name))
      if (!street || !code || !city) return null
      return `${street}, ${code} ${city}${country ? `, ${country}` : ''}`
    },
  },
  'email-or-phone': {
    traits: [...email.traits, ...phone.traits],
    missing: 'has neither an e-mail address nor a phone number by which an ad network could know them',
    find: (profile) => email.find(profile)?.toLowerCase() ?? phone.find(profile),
  },
}

/** What a postal address is made of, as Segment names it; the country may be missing. */
export const postalParts = ['address.street', 'address.postalCode', 'address.city', 'address.country'] as const

/** Where messages of a channel reach this person; `null` when they do not. */
export function addressFor(channel: ChannelKind, profile: Addressed): string | null {
  return reaches[factsOf(channel).reachedBy].find(profile)
}

/** Traits that decide whether and where a channel reaches somebody. */
export function addressTraits(channel: ChannelKind): readonly string[] {
  return reaches[factsOf(channel).reachedBy].traits
}

/** Why somebody is not reached, as the rest of a sentence about them. */
export function whyUnreached(channel: ChannelKind): string {
  return reaches[factsOf(channel).reachedBy].missing
}

const byTrait = new Map<string, readonly ChannelKind[]>()
for (const channel of channelKinds) for (const name of addressTraits(channel)) byTrait.set(name, [...(byTrait.get(name) ?? []), channel])

/** Channels whose address may be another one when these traits have changed. */
export function channelsReachedBy(traits: readonly string[]): readonly ChannelKind[] {
  const found: ChannelKind[] = []
  for (const name of traits) for (const channel of byTrait.get(name) ?? []) if (!found.includes(channel)) found.push(channel)
  return found
}

/**
 * A phone number as `+` and digits (E.164: country first, 15 digits at most), or `null` for what is none; `00` in front stands for `+`,
 * and spaces, dots, dashes, slashes and brackets are left out.
 */
export function toE164(phone: string): string | null {
  const plain = phone
    .trim()
    .replace(/^tel:/i, '')
    .replace(/[\s().\-/]/g, '')
  const international = plain.startsWith('00') ? `+${plain.slice(2)}` : plain
  return /^\+[1-9]\d{6,14}$/.test(international) ? international : null
}

function byToken(trait: string, missing: string): Reach {
  return { traits: [trait], missing, find: (profile) => textAt(profile, trait) }
}

/** The text of a trait by its name or dotted path, without white space around it; `null` where there is none. The whole name comes first. */
function textAt({ traits }: Addressed, name: string): string | null {
  const dot = name.indexOf('.')
  const root = dot < 0 ? undefined : traits[name.slice(0, dot)]?.[0]
  const direct = traits[name]
  const value = direct !== undefined ? direct[0] : isObject(root) ? valueAt(root, name.slice(dot + 1)) : undefined
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
