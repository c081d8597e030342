import { shardOf, type Identifier, type IdentifierKind, type PersonRef } from '@throughline/contracts'
import { bucketOf, normaliseIdentifier, resolveProfiles } from '../identity/index.ts'
import { binary, type Db } from '../platform/postgres/index.ts'

/** Somebody who is named in a call: known by a profile, not known yet, or named by something that names nobody. */
export type Found =
  | { readonly kind: 'known'; readonly profileId: string }
  | { readonly kind: 'new'; readonly identifier: Identifier }
  | { readonly kind: 'nobody'; readonly reason: string }

const fields = [
  ['userId', 'user_id'],
  ['email', 'email'],
  ['phone', 'phone'],
] as const satisfies readonly (readonly [keyof PersonRef, IdentifierKind])[]

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Whom the refs of a call mean, in their order. */
export async function findRefs(db: Db, refs: readonly PersonRef[]): Promise<Found[]> {
  const wanted = refs.map((ref): Identifier | string | undefined => {
    if (ref.id !== undefined) return ref.id.toLowerCase()
    for (const [field, kind] of fields) if (ref[field] !== undefined) return normaliseIdentifier(kind, ref[field])
    return undefined
  })
  const ids = wanted.filter((one): one is string => typeof one === 'string' && UUID.test(one))
  const owners = await readOwners(
    db,
    wanted.filter((one): one is Identifier => typeof one === 'object'),
  )
  const living = await resolveProfiles(db, ids)
  const existing = await readExisting(db, [...living.values()])
  return wanted.map((one, index): Found => {
    if (typeof one === 'string') {
      const profileId = living.get(one)
      return profileId !== undefined && existing.has(profileId)
        ? { kind: 'known', profileId }
        : { kind: 'nobody', reason: `There is no person with the id "${one}".` }
    }
    if (one === undefined) return { kind: 'nobody', reason: reasonOf(refs[index]!) }
    const profileId = owners.get(`${one.kind}:${one.value}`)
    return profileId === undefined ? { kind: 'new', identifier: one } : { kind: 'known', profileId }
  })
}

function reasonOf(ref: PersonRef): string {
  const [field, value] = Object.entries(ref)[0] ?? ['id', '']
  const allowed =
    field === 'email'
      ? 'an e-mail address'
      : field === 'phone'
        ? 'a number with its country, such as +4930123456'
        : 'an id that is no placeholder'
  return `${field} is "${value}"; allowed: ${allowed}.`
}

async function readOwners(db: Db, identifiers: readonly Identifier[]): Promise<Map<string, string>> {
  if (identifiers.length === 0) return new Map()
  const { rows } = await db.query<{ kind: string; value: string; profile_id: string }>(
    `select i.kind, i.value, i.profile_id from unnest($1::int2[], $2::text[], $3::text[]) as k (bucket, kind, value)
     join identifiers i on i.bucket = k.bucket and i.kind = k.kind and i.value = k.value`,
    [
      binary.int2Array(identifiers.map(({ kind, value }) => bucketOf(kind, value))),
      binary.textArray(identifiers.map(({ kind }) => kind)),
      binary.textArray(identifiers.map(({ value }) => value)),
    ],
  )
  return new Map(rows.map(({ kind, value, profile_id }) => [`${kind}:${value}`, profile_id]))
}

async function readExisting(db: Db, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await db.query<{ id: string }>(
    `select id from profiles where shard = any($1::int2[]) and id = any($2::uuid[])
     union select profile_id from identifiers where profile_id = any($2::uuid[])`,
    [binary.int2Array([...new Set(ids.map(shardOf))]), binary.uuidArray(ids)],
  )
  return new Set(rows.map(({ id }) => id))
}

/** A page of members, the newest profile first; `before` is the last of the page before. */
export async function readMembers(
  db: Db,
  list: string,
  before: string | undefined,
  limit: number,
): Promise<{ person: string; since: number }[]> {
  const { rows } = await db.query<{ person: string; at: number }>(
    `select person, at from list_members
     where list_id = $1::text and current and member and ($2::uuid is null or person < $2::uuid)
     order by person desc limit $3::int`,
    [list, before ?? null, limit],
  )
  return rows.map(({ person, at }) => ({ person, since: at }))
}

/** The lists somebody is in, by name. */
export async function readListsOf(db: Db, person: string): Promise<{ id: string; name: string; since: number }[]> {
  const { rows } = await db.query<{ id: string; name: string; since: number }>(
    `select l.id, l.name, m.at as since from list_members m join lists l on l.id = m.list_id
     where m.person = $1::uuid and m.current and m.member and l.deleted_at is null order by lower(l.name), l.id`,
    [person],
  )
  return rows
}

export const isProfileId = (text: string): boolean => UUID.test(text)
