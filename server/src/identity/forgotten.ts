import { binary, type Db } from '../platform/postgres/index.ts'
import type { IdentifyItem } from './identify.ts'

/** Makes what is kept of a forgotten identifier: an HMAC of `kind:value`, so that the value cannot be read from it, nor tried out without the secret key. */
export type HashIdentifier = (key: string) => Buffer

/** Thrown when an event names somebody who was forgotten; nothing of the group may be kept then. */
export class ForgottenMet extends Error {
  readonly keys: ReadonlySet<string>
  readonly profiles: ReadonlySet<string>
  constructor(keys: Iterable<string>, profiles: Iterable<string>) {
    super('an event names somebody who was forgotten')
    this.keys = new Set(keys)
    this.profiles = new Set(profiles)
  }
}

interface Known {
  has(name: string): boolean
}

/** Whether an event names one of these identifiers or profiles. */
export function names(item: IdentifyItem, gone: { readonly keys: Known; readonly profiles: Known }): boolean {
  if (item.profileId !== undefined) return gone.profiles.has(item.profileId)
  if (item.identifiers.some(({ kind, value }) => gone.keys.has(`${kind}:${value}`))) return true
  return item.previousId !== undefined && (gone.keys.has(`anonymous_id:${item.previousId}`) || gone.keys.has(`user_id:${item.previousId}`))
}

/** Whether anybody was ever forgotten here; as long as nobody was, no identifier needs to be hashed. */
export async function isAnybodyForgotten(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ any: boolean }>({
    name: 'identity-any-forgotten',
    text: 'select exists (select from forgotten_identifiers limit 1) as any',
  })
  return rows[0]!.any
}

/** Throws {@link ForgottenMet} when one of these identifiers, which are about to be given to somebody, was forgotten. */
export async function refuseForgotten(db: Db, keys: readonly string[], hash: HashIdentifier): Promise<void> {
  const found = await findForgotten(db, keys, hash)
  if (found.length > 0) throw new ForgottenMet(found, [])
}

/** Those of these identifiers, `kind:value` each, that were forgotten. */
export async function findForgotten(db: Db, keys: readonly string[], hash: HashIdentifier): Promise<string[]> {
  if (keys.length === 0) return []
  const hashes = keys.map(hash)
  const { rows } = await db.query<{ at: number }>({
    name: 'identity-forgotten',
    text: `select k.at::int4 as at from unnest($1::bytea[]) with ordinality as k (hash, at)
           cross join lateral (select from forgotten_identifiers f where f.hash = k.hash limit 1) f`,
    values: [binary.byteaArray(hashes)],
  })
  return rows.map(({ at }) => keys[at - 1]!)
}

/** Throws {@link ForgottenMet} when one of these profiles, which a caller names by their ids, was forgotten. */
export async function refuseForgottenProfiles(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const { rows } = await db.query<{ id: string }>({
    name: 'identity-forgotten-profiles',
    text: 'select profile_id as id from forgotten_profiles where profile_id = any($1::uuid[])',
    values: [binary.uuidArray([...new Set(ids)])],
  })
  if (rows.length > 0)
    throw new ForgottenMet(
      [],
      rows.map(({ id }) => id),
    )
}
