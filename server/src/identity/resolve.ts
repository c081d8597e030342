import { identifierKinds, identifierLimits, type Identifier, type IdentifierKind } from '@throughline/contracts'
import { identifierOf, keyOf } from './keys.ts'

/** A merge that a transaction carries out, as it stands in the ledger. */
export interface Merge {
  readonly id: string
  readonly winner: string
  readonly loser: string
  readonly reason: string
  /** The identifiers that went over with it. */
  readonly moved: readonly Identifier[]
}

/** What is known before a group of events is resolved. */
export interface Known {
  /** Identifier key → profile. */
  readonly owners: ReadonlyMap<string, string>
  /** Profile → the keys of all its identifiers, for every profile that may be changed. */
  readonly members: ReadonlyMap<string, readonly string[]>
}

export interface Resolved {
  /** The profile of each item, in order. */
  readonly profiles: readonly string[]
  readonly merges: readonly Merge[]
  /** Identifiers that were unknown before, with the profile they now point to. */
  readonly added: ReadonlyMap<string, string>
  /** Each loser with the profile it ended in. */
  readonly moved: ReadonlyMap<string, string>
}

const strength = new Map<IdentifierKind, number>(identifierKinds.map((kind, index) => [kind, index]))

/** Identifiers without repetition, strongest kind first; within a kind in the order given. */
export function sortByStrength(identifiers: readonly Identifier[]): Identifier[] {
  const unique = new Map(identifiers.map((one) => [keyOf(one), one]))
  return [...unique.values()].sort((a, b) => strength.get(a.kind)! - strength.get(b.kind)!)
}

interface Node {
  readonly id: string
  /** Made in this transaction: nobody else has seen it, so it is absorbed without a merge. */
  readonly fresh: boolean
  readonly keys: Set<string>
}

/**
 * Resolves events one after the other, in memory. For each, its identifiers are joined from the strongest to the weakest;
 * one whose joining would give the profile more values of a kind than allowed is left out and stays where it is. Of
 * several profiles that are joined the earliest created wins, which is the one with the smallest id.
 * Pure: new ids are asked from the two makers.
 */
export function resolve(
  items: readonly (readonly Identifier[])[],
  known: Known,
  makeProfileId: () => string,
  makeMergeId: () => string,
): Resolved {
  const owners = new Map<string, string>()
  const nodes = new Map<string, Node>()
  const parents = new Map<string, string>()
  const added = new Set<string>()
  const merges: Merge[] = []

  const root = (profile: string): string => {
    let at = profile
    for (let next = parents.get(at); next !== undefined; next = parents.get(at)) at = next
    return at
  }
  const ownerOf = (key: string): string | undefined => {
    const owner = owners.get(key) ?? known.owners.get(key)
    return owner === undefined ? undefined : root(owner)
  }
  const nodeOf = (profile: string): Node => {
    let node = nodes.get(profile)
    if (!node) nodes.set(profile, (node = { id: profile, fresh: false, keys: new Set(known.members.get(profile)) }))
    return node
  }

  const profiles = items.map((identifiers) => {
    const single = onlyOwner(identifiers, ownerOf)
    if (single !== undefined) return single
    const joined = new Set<Node>()
    const unknown: string[] = []
    const counts = new Map<IdentifierKind, number>()
    for (const identifier of identifiers) {
      const key = keyOf(identifier)
      const owner = ownerOf(key)
      const node = owner === undefined ? undefined : nodeOf(owner)
      if (node && joined.has(node)) continue
      const gain = node ? countKinds(node.keys) : new Map([[identifier.kind, 1]])
      const first = joined.size === 0 && unknown.length === 0
      if (!first && breaksLimit(counts, gain)) continue
      for (const [kind, count] of gain) counts.set(kind, (counts.get(kind) ?? 0) + count)
      if (node) joined.add(node)
      else unknown.push(key)
    }
    const winner = pickWinner(joined) ?? makeNode()
    for (const node of joined) if (node !== winner) absorb(winner, node)
    for (const key of unknown) {
      owners.set(key, winner.id)
      added.add(key)
      winner.keys.add(key)
    }
    return winner.id
  })

  function makeNode(): Node {
    const node = { id: makeProfileId(), fresh: true, keys: new Set<string>() }
    nodes.set(node.id, node)
    return node
  }
  function absorb(winner: Node, loser: Node): void {
    if (!loser.fresh) {
      merges.push({
        id: makeMergeId(),
        winner: winner.id,
        loser: loser.id,
        reason: 'shared identifiers',
        moved: [...loser.keys].map(identifierOf),
      })
    }
    for (const key of loser.keys) winner.keys.add(key)
    loser.keys.clear()
    parents.set(loser.id, winner.id)
  }

  return {
    profiles: profiles.map(root),
    merges,
    added: new Map([...added].map((key) => [key, ownerOf(key)!])),
    moved: new Map(merges.map(({ loser }) => [loser, root(loser)])),
  }
}

/** The one profile that all identifiers point to already, if so. */
export function onlyOwner(identifiers: readonly Identifier[], ownerOf: (key: string) => string | undefined): string | undefined {
  let owner: string | undefined
  for (const identifier of identifiers) {
    const found = ownerOf(keyOf(identifier))
    if (found === undefined || (owner !== undefined && owner !== found)) return undefined
    owner = found
  }
  return owner
}

function pickWinner(nodes: ReadonlySet<Node>): Node | undefined {
  let winner: Node | undefined
  for (const node of nodes) {
    if (!winner || (winner.fresh && !node.fresh) || (winner.fresh === node.fresh && node.id < winner.id)) winner = node
  }
  return winner
}

function countKinds(keys: ReadonlySet<string>): Map<IdentifierKind, number> {
  const counts = new Map<IdentifierKind, number>()
  for (const key of keys) {
    const { kind } = identifierOf(key)
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** Whether one kind would exceed its limit by this gain; a profile that is over a limit already gains nothing of that kind. */
function breaksLimit(counts: ReadonlyMap<IdentifierKind, number>, gain: ReadonlyMap<IdentifierKind, number>): boolean {
  for (const [kind, count] of gain) {
    if (count > 0 && (counts.get(kind) ?? 0) + count > identifierLimits[kind]) return true
  }
  return false
}
