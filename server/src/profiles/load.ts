import { identifierKinds, shardOf, type Identifier, type IdentifierKind, type Person } from '@throughline/contracts'
import { emptyProfile, type ComputedTrait, type ProfileState } from '@throughline/engine'
import { binary, type Db } from '../platform/postgres/index.ts'
import { describePerson } from './describe.ts'
import { createdAtOf } from './ids.ts'
import type { ReadSeen } from './seen.ts'

/** Reads a stored profile; the pipeline's codec. */
export type UnpackProfile = (
  id: string,
  createdAt: number,
  packed: { readonly traits: Uint8Array; readonly state: Uint8Array },
) => ProfileState

/** Reads the computed traits of profiles, by their ids; the pipeline's, which knows the definitions that are in force. */
export type ReadComputed = (profiles: readonly ProfileState[]) => Promise<ReadonlyMap<string, readonly ComputedTrait[]>>

export interface OwnedIdentifier extends Identifier {
  readonly since: number
}

interface ProfileRow {
  [key: string]: unknown
  readonly id: string
  readonly created_at: number
  readonly traits: Buffer
  readonly state: Buffer
}

/** Profiles that the pipeline has written, by id; those that it has not come to yet are left out, and whoever was forgotten. */
export async function loadProfiles(db: Db, ids: readonly string[], unpack: UnpackProfile): Promise<Map<string, ProfileState>> {
  const unique = [...new Set(ids)]
  const { rows } = await db.query<ProfileRow>(
    `select p.id, p.created_at, p.traits, p.state from unnest($1::smallint[], $2::uuid[]) as w (shard, id)
     join profiles p on p.shard = w.shard and p.id = w.id
     where not exists (select from forgotten_profiles f where f.profile_id = p.id)`,
    [binary.int2Array(unique.map(shardOf)), binary.uuidArray(unique)],
  )
  return new Map(rows.map((row) => [row.id, unpack(row.id, row.created_at, row)]))
}

/** The identifiers of profiles, strongest kind first, oldest first within a kind. */
export async function loadIdentifiers(db: Db, ids: readonly string[]): Promise<Map<string, OwnedIdentifier[]>> {
  const { rows } = await db.query<{ profile_id: string; kind: IdentifierKind; value: string; created_at: number }>(
    'select profile_id, kind, value, created_at from identifiers where profile_id = any($1::uuid[]) order by created_at, value',
    [binary.uuidArray([...new Set(ids)])],
  )
  const strength = (kind: IdentifierKind) => identifierKinds.indexOf(kind)
  const found = new Map<string, OwnedIdentifier[]>()
  for (const row of rows.sort((a, b) => strength(a.kind) - strength(b.kind))) {
    const list = found.get(row.profile_id) ?? []
    list.push({ kind: row.kind, value: row.value, since: row.created_at })
    found.set(row.profile_id, list)
  }
  return found
}

/**
 * People for a list, by the ids asked for; nobody is left out who has a profile or an identifier. Someone whom the pipeline
 * has not come to yet is shown with what is known already.
 */
export async function loadPeople(db: Db, ids: readonly string[], unpack: UnpackProfile, readSeen: ReadSeen): Promise<Map<string, Person>> {
  if (ids.length === 0) return new Map()
  const [profiles, identifiers, seen] = await Promise.all([loadProfiles(db, ids, unpack), loadIdentifiers(db, ids), readSeen(ids)])
  const people = new Map<string, Person>()
  for (const id of ids) {
    const profile = profiles.get(id)
    const owned = identifiers.get(id)
    if (profile === undefined && owned === undefined) continue
    people.set(id, describePerson(id, profile ?? emptyProfile(id, createdAtOf(id)), owned ?? [], seen.get(id)))
  }
  return people
}
