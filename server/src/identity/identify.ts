import type { Identifier } from '@throughline/contracts'
import { v7 } from 'uuid'
import type { Db } from '../platform/postgres/index.ts'
import { isAnybodyForgotten, refuseForgotten, refuseForgottenProfiles, type HashIdentifier } from './forgotten.ts'
import { holdProfiles } from './hold.ts'
import { keyOf } from './keys.ts'
import { resolveProfiles } from './ledger.ts'
import { onlyOwner, resolve, sortByStrength, type Merge, type Resolved } from './resolve.ts'
import { claimIdentifiers, correctClaims, readMembers, readOwners, writeMerges } from './store.ts'

/** What is known of the person of one event. */
export interface IdentifyItem {
  /** Normalised, none of them blocked. */
  readonly identifiers: readonly Identifier[]
  /** Of an alias: the id the person was known under before, whether it was a user id or an anonymous one. */
  readonly previousId?: string
  /** The profile itself, when the caller knows it; then identifiers are not looked at. */
  readonly profileId?: string
  /** Whether nobody may merge this profile until the transaction ends: a consent is about to be written for it. */
  readonly hold?: boolean
}

export interface IdentifyResult {
  /** The profile of each item, in order. */
  readonly profiles: readonly string[]
  /** For each of these a control entry `merge-out` has to go into the loser's live lane in this same transaction. */
  readonly merges: readonly Merge[]
}

/** What the identifiers of a group point to, as seen without a lock. */
export interface Lookup {
  /** Identifier key → profile. */
  readonly owners: ReadonlyMap<string, string>
  /** Profile that a caller named → the one it leads to today. */
  readonly roots: ReadonlyMap<string, string>
}

/** Reads what {@link identify} looks at first. Takes no lock, so it may travel together with whatever comes before. */
export async function lookUp(client: Db, items: readonly IdentifyItem[]): Promise<Lookup> {
  const given = items.flatMap(({ profileId }) => profileId ?? [])
  const [owners, roots] = await Promise.all([
    readOwners(client, keysOf(items)),
    resolveProfiles(client, given),
    refuseForgottenProfiles(client, given),
  ])
  return { owners, roots }
}

/**
 * Finds the profile of each event of a group, makes profiles for people who are new, and merges profiles that prove to be
 * one person. Runs inside the caller's transaction (read committed), before the caller takes any other lock that a
 * second group could hold while it waits here.
 *
 * An event whose identifiers all point to one profile costs a look-up. Unknown identifiers are claimed first (their rows
 * are the locks), then the known profiles concerned are held, read again and resolved in memory. Both kinds of lock are
 * taken in one order by everybody.
 * @param now epoch ms, written as the time of new identifiers and merges
 * @param known what {@link lookUp} found in this transaction for these items, or more of them
 * @param hash how forgotten identifiers are recognised; where nobody can have been forgotten it may be left out
 * @throws ForgottenMet when an item names somebody who was forgotten
 */
export async function identify(
  client: Db,
  items: readonly IdentifyItem[],
  now: number,
  known?: Lookup,
  hash?: HashIdentifier,
): Promise<IdentifyResult> {
  const wanted = items.map((item) => (item.profileId === undefined ? sortByStrength(item.identifiers) : []))
  const { owners, roots } = known ?? (await lookUp(client, items))

  const profiles = items.map((item, index) => {
    if (item.profileId !== undefined) return roots.get(item.profileId) ?? item.profileId
    return item.previousId === undefined ? onlyOwner(wanted[index]!, (key) => owners.get(key)) : undefined
  })
  const open = [...items.keys()].filter((index) => profiles[index] === undefined || items[index]!.hold)
  if (open.length === 0) return { profiles: profiles as string[], merges: [] }

  const decided = await decide(
    client,
    open.map((index) => items[index]!),
    open.map((index) => wanted[index]!),
    owners,
    now,
    hash,
  )
  open.forEach((index, at) => (profiles[index] = decided.profiles[at]!))
  return { profiles: profiles.map((profile) => decided.moved.get(profile!) ?? profile!), merges: decided.merges }
}

async function decide(
  client: Db,
  items: readonly IdentifyItem[],
  wanted: readonly (readonly Identifier[])[],
  seen: ReadonlyMap<string, string>,
  now: number,
  hash: HashIdentifier | undefined,
): Promise<Resolved> {
  const keys = keysOf(items)
  const given = items.flatMap(({ profileId }) => profileId ?? [])
  const made: string[] = []
  const claimed = new Map<string, string>()
  let owners = seen
  let forgotten = false
  const checked = async (result: Resolved): Promise<Resolved> => {
    if (hash !== undefined && forgotten) await refuseForgotten(client, [...result.added.keys()], hash)
    return result
  }

  // Runs once, but for identifiers that vanish between claiming and holding.
  for (;;) {
    const draft = resolveItems(items, wanted, { owners, members: new Map() }, new Map(), made)
    const missing = unknownOf(draft.sets, owners, claimed)
    const claims = new Map(missing.map(({ key, item }) => [key, draft.result.added.get(key) ?? draft.result.profiles[item]!]))
    // Asked behind the claim: an identifier that nobody has because its owner was just forgotten is known as such by then.
    const asks: boolean = hash !== undefined && claims.size > 0 && !forgotten
    const claiming = claimIdentifiers(client, claims, now)
    const [ours, some]: readonly [Set<string>, boolean] = await Promise.all([claiming, asks ? isAnybodyForgotten(client) : forgotten])
    forgotten = some
    for (const key of ours) claimed.set(key, claims.get(key)!)
    if (ours.size < claims.size) owners = without(await readOwners(client, keys), claimed)
    const guess = [...ownersOf(draft.sets, owners), ...given]
    if (guess.length === 0) return checked(draft.result)
    const read = async () => {
      const found = await readMembers(client, keys)
      const roots = await resolveProfiles(client, given)
      await refuseForgottenProfiles(client, given)
      const known = {
        owners: without(found.owners, claimed),
        members: new Map([...found.members].map(([profile, all]) => [profile, all.filter((key) => !claimed.has(key))])),
      }
      return { profiles: [...keys.flatMap((key) => known.owners.get(key) ?? []), ...roots.values()], value: { known, roots } }
    }
    const { known, roots } = await holdProfiles(client, guess, read)
    const final = resolveItems(items, wanted, known, roots, made)
    if (unknownOf(final.sets, known.owners, claimed).length > 0) {
      owners = known.owners
      continue
    }
    await checked(final.result)
    await writeMerges(client, final.result.merges, final.result.moved, now)
    await correctClaims(client, changes(claimed, final.result.added))
    return final.result
  }
}

/** Resolves in memory. Profile ids made by an earlier try are handed out again in the same order, so that claims mostly stand as they are. */
function resolveItems(
  items: readonly IdentifyItem[],
  wanted: readonly (readonly Identifier[])[],
  known: Parameters<typeof resolve>[1],
  roots: ReadonlyMap<string, string>,
  made: string[],
): { sets: readonly (readonly Identifier[])[]; result: Resolved } {
  const named = new Set(wanted.flatMap((identifiers) => identifiers.flatMap(({ kind, value }) => (kind === 'user_id' ? value : []))))
  const isUserId = (value: string): boolean => known.owners.has(keyOf({ kind: 'user_id', value })) || named.has(value)
  const sets = items.map((item, index) => withPrevious(item, wanted[index]!, isUserId))
  let used = 0
  const makeProfileId = (): string => (made[used++] ??= v7())
  const result = resolve(
    sets.filter((_, index) => items[index]!.profileId === undefined),
    known,
    makeProfileId,
    v7,
  )
  let at = 0
  const profiles = items.map((item) =>
    item.profileId === undefined ? result.profiles[at++]! : (roots.get(item.profileId) ?? item.profileId),
  )
  return { sets, result: { ...result, profiles: profiles.map((profile) => result.moved.get(profile) ?? profile) } }
}

/** An alias's previous id is the user id it is known as, else an anonymous one. */
function withPrevious(item: IdentifyItem, identifiers: readonly Identifier[], isUserId: (value: string) => boolean): readonly Identifier[] {
  if (item.previousId === undefined) return identifiers
  const kind = isUserId(item.previousId) ? 'user_id' : 'anonymous_id'
  return sortByStrength([...identifiers, { kind, value: item.previousId }])
}

function keysOf(items: readonly IdentifyItem[]): string[] {
  const keys = new Set<string>()
  for (const { identifiers, previousId, profileId } of items) {
    if (profileId === undefined) for (const identifier of identifiers) keys.add(keyOf(identifier))
    if (previousId === undefined) continue
    keys.add(keyOf({ kind: 'user_id', value: previousId }))
    keys.add(keyOf({ kind: 'anonymous_id', value: previousId }))
  }
  return [...keys]
}

function unknownOf(
  sets: readonly (readonly Identifier[])[],
  owners: ReadonlyMap<string, string>,
  claimed: ReadonlyMap<string, string>,
): { key: string; item: number }[] {
  const found = new Map<string, number>()
  sets.forEach((identifiers, item) => {
    for (const identifier of identifiers) {
      const key = keyOf(identifier)
      if (!owners.has(key) && !claimed.has(key) && !found.has(key)) found.set(key, item)
    }
  })
  return [...found].map(([key, item]) => ({ key, item }))
}

function ownersOf(sets: readonly (readonly Identifier[])[], owners: ReadonlyMap<string, string>): string[] {
  return sets.flatMap((identifiers) => identifiers.flatMap((identifier) => owners.get(keyOf(identifier)) ?? []))
}

function without(owners: ReadonlyMap<string, string>, claimed: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...owners].filter(([key]) => !claimed.has(key)))
}

function changes(claimed: ReadonlyMap<string, string>, final: ReadonlyMap<string, string>): Map<string, string | undefined> {
  return new Map([...claimed.keys()].filter((key) => claimed.get(key) !== final.get(key)).map((key) => [key, final.get(key)]))
}
