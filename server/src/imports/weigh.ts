import { hash as digest } from 'node:crypto'
import { eventNames, shardOf, type Identifier, type Json, type JsonObject } from '@throughline/contracts'
import type { Trait } from '@throughline/engine'
import { findSuppressed, readConsentsOf, saysMore } from '../consent/index.ts'
import { lookUp } from '../identity/index.ts'
import { findImported } from '../ingest/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { canonicalJson } from '../platform/text/index.ts'
import type { Item } from './kinds/kind.ts'

export type Verdict = 'new' | 'changed' | 'unchanged' | 'kept'

interface Call {
  readonly messageId: string
  readonly [field: string]: unknown
}

/** An item beside what is known: what it changes, and the calls that would change it. */
export interface Weighed {
  readonly item: Item
  readonly verdict: Verdict
  /** In the form of the HTTP API. */
  readonly calls: readonly Call[]
}

export interface WeighDeps {
  readonly pool: Db
  traitsOf(ids: readonly string[]): Promise<ReadonlyMap<string, Traits>>
}

type Traits = { readonly [name: string]: Trait }

/** What this run has said of people, by their identifiers as the file has them; a bounded store of it. */
export interface Said {
  get(person: string): Traits | undefined
  set(person: string, traits: Traits): unknown
}

interface Known {
  readonly owner: string | undefined
  /** Whether an identifier of the row is one that its person is not known by yet. */
  readonly moreIdentifiers: boolean
  readonly traits: Traits
  readonly consent: { readonly state: 'granted' | 'withdrawn'; readonly at: number } | undefined
  /** Why an address of the row gets nothing. */
  readonly suppressed: string | undefined
}

/**
 * Compares items with what is known and says what each changes. Nothing is written. Repeated, the answer is the same ids for
 * the same calls: made of what is said, of whom, and of what it would replace, so that the same word said again after
 * another one is new.
 * @param said what earlier rows of the file changed and nobody may have learned yet: later rows are weighed against it
 * @param now epoch ms, for what the file gives no time
 */
export async function weigh(deps: WeighDeps, items: readonly Item[], said: Said, now: number): Promise<Weighed[]> {
  const known = await readKnown(deps, items)
  const weighed = items.map((item, index) => weighItem(item, known[index]!, said, now))
  const told = await findImported(
    deps.pool,
    items.flatMap(({ event }, index) => (event === undefined ? [] : weighed[index]!.calls.map(({ messageId }) => messageId))),
  )
  return weighed.map((one) =>
    one.calls.length > 0 && one.calls.every(({ messageId }) => told.has(messageId)) ? { ...one, verdict: 'unchanged' } : one,
  )
}

async function readKnown({ pool, traitsOf }: WeighDeps, items: readonly Item[]): Promise<Known[]> {
  const { owners } = await lookUp(
    pool,
    items.map(({ identifiers }) => ({ identifiers })),
  )
  const found = items.map(({ identifiers }) => identifiers.map((identifier) => owners.get(keyOf(identifier))))
  const ownerOf = (index: number): string | undefined => found[index]!.find((owner) => owner !== undefined)
  const owned = items.flatMap((item, index) => {
    const owner = ownerOf(index)
    return owner === undefined ? [] : [{ item, owner }]
  })
  const unique = (of: typeof owned): string[] => [...new Set(of.map(({ owner }) => owner))]
  const addresses = items.flatMap((item) => addressesOf(item))
  const [traits, consents, suppressed] = await Promise.all([
    traitsOf(unique(owned.filter(({ item }) => item.traits !== undefined))),
    readConsentsOf(
      pool,
      unique(owned.filter(({ item }) => item.consent !== undefined)).map((profileId) => ({ shard: shardOf(profileId), profileId })),
    ),
    findSuppressed(pool, addresses),
  ])
  return items.map((item, index): Known => {
    const owner = ownerOf(index)
    return {
      owner,
      moreIdentifiers: new Set(found[index]).size > 1,
      traits: (owner !== undefined && traits.get(owner)) || {},
      consent:
        owner === undefined || item.consent === undefined
          ? undefined
          : consents.get(owner)?.find(({ channel, topic }) => channel === item.consent?.channel && topic === item.consent.topic),
      suppressed: addressesOf(item)
        .map(({ channel, address }) => suppressed.get(`${channel} ${address}`))
        .find((reason) => reason !== undefined),
    }
  })
}

/** Addresses on which an opt-out may stand whose fate the item touches. */
function addressesOf({ suppression, consent, identifiers }: Item): { channel: string; address: string }[] {
  if (suppression !== undefined) return [suppression]
  if (consent === undefined || consent.channel !== 'email') return []
  return identifiers.filter(({ kind }) => kind === 'email').map(({ value }) => ({ channel: 'email', address: value }))
}

function weighItem(item: Item, known: Known, said: Said, now: number): Weighed {
  const person = personOf(item.identifiers)
  const parts: { verdict: Verdict; call?: Call }[] = []
  if (item.traits !== undefined) parts.push(weighTraits(item, item.traits, known, person, said, now))
  if (item.consent !== undefined) parts.push(weighConsent(item, item.consent, known, person, now))
  if (item.event !== undefined) {
    const { name, properties } = item.event
    const messageId = item.event.messageId ?? `event:${hash([person.key, name, item.at, properties])}`
    parts.push({ verdict: 'new', call: { type: 'track', event: name, messageId, ...person.fields, ...timeOf(item.at ?? now), properties } })
    for (const { name, messageId, properties } of item.more ?? [])
      parts.push({
        verdict: 'new',
        call: { type: 'track', event: name, messageId, ...person.fields, ...timeOf(item.at ?? now), properties },
      })
  }
  if (item.suppression !== undefined) parts.push({ verdict: saysMore(known.suppressed, item.suppression.reason) ? 'new' : 'unchanged' })
  return {
    item,
    verdict: total(
      parts.map(({ verdict }) => verdict),
      item,
      known,
    ),
    calls: parts.flatMap(({ call }) => call ?? []),
  }
}

function total(verdicts: readonly Verdict[], item: Item, known: Known): Verdict {
  const changes = verdicts.some((verdict) => verdict === 'new' || verdict === 'changed')
  if (changes && item.event === undefined && item.suppression === undefined) return known.owner === undefined ? 'new' : 'changed'
  return changes ? 'new' : verdicts.includes('kept') ? 'kept' : 'unchanged'
}

type Person = ReturnType<typeof personOf>

/** How a call names its person; e-mail address and phone number stand where Segment's clients put them. */
function personOf(identifiers: readonly Identifier[]) {
  const valueOf = (kind: Identifier['kind']): string | undefined => identifiers.find((one) => one.kind === kind)?.value
  const [userId, anonymousId, email, phone] = [valueOf('user_id'), valueOf('anonymous_id'), valueOf('email'), valueOf('phone')]
  const contacts = { ...(email !== undefined && { email }), ...(phone !== undefined && { phone }) }
  return {
    key: identifiers.map(keyOf).join(' '),
    fields: {
      ...(userId !== undefined && { userId }),
      ...(anonymousId !== undefined && { anonymousId }),
      context: Object.keys(contacts).length > 0 ? { traits: contacts } : {},
    },
  }
}

const timeOf = (at: number): { timestamp: string } => ({ timestamp: new Date(at).toISOString() })

function weighTraits(
  item: Item,
  traits: JsonObject,
  known: Known,
  person: Person,
  said: Said,
  now: number,
): { verdict: Verdict; call?: Call } {
  const at = item.at ?? now
  const before = said.get(person.key)
  const standing: Traits = { ...known.traits, ...before }
  const news = Object.entries(traits).filter(([name, value]) => {
    const trait = standing[name]
    return trait === undefined || (trait[1] <= at && !same(name, trait[0], value))
  })
  if ((known.owner ?? before) !== undefined && news.length === 0 && !known.moreIdentifiers) return { verdict: 'unchanged' }
  const replaced = news.map(([name]) => standing[name] ?? null)
  const messageId = `people:${hash([person.key, news, replaced])}`
  said.set(person.key, { ...before, ...Object.fromEntries(news.map(([name, value]) => [name, [value, at]])) })
  return { verdict: 'changed', call: { type: 'identify', messageId, ...person.fields, ...timeOf(at), traits: Object.fromEntries(news) } }
}

function weighConsent(
  item: Item,
  consent: NonNullable<Item['consent']>,
  known: Known,
  person: Person,
  now: number,
): { verdict: Verdict; call?: Call } {
  const { channel, topic, state, wording } = consent
  const standing = known.consent
  if (state === 'granted' && (standing?.state === 'withdrawn' || known.suppressed !== undefined)) return { verdict: 'kept' }
  const address = channel === 'email' && topic === '' ? item.identifiers.find(({ kind }) => kind === 'email')?.value : undefined
  // An opt-out that was said where anybody may have said it does not hold for the address yet; this one will.
  const isToHold = state === 'withdrawn' && address !== undefined && known.suppressed === undefined
  if (standing?.state === state && !isToHold) return { verdict: 'unchanged' }
  // Said before the person agreed: that word is the later one.
  if (standing !== undefined && standing.state !== state && item.at !== null && item.at < standing.at) return { verdict: 'unchanged' }
  const at = item.at ?? now
  const properties = {
    channel,
    topic,
    state,
    source: 'import',
    ...(address !== undefined && { address }),
    ...(wording !== undefined && { wording }),
  }
  const messageId = `consent:${hash([person.key, properties, item.at, standing === undefined ? null : [standing.state, standing.at]])}`
  return {
    verdict: 'changed',
    call: { type: 'track', event: eventNames.consentChanged, messageId, ...person.fields, ...timeOf(at), properties },
  }
}

function same(name: string, a: Json, b: Json): boolean {
  if (name === 'email' && typeof a === 'string' && typeof b === 'string') return a.trim().toLowerCase() === b
  return a === b || (typeof a === 'object' && typeof b === 'object' && canonicalJson(a) === canonicalJson(b))
}

function hash(parts: readonly unknown[]): string {
  return digest('sha256', JSON.stringify(parts), 'base64url').slice(0, 32)
}

export const keyOf = ({ kind, value }: Identifier): string => `${kind}:${value}`
