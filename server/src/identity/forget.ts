import type { Identifier } from '@throughline/contracts'
import { binary, type PoolClient } from '../platform/postgres/index.ts'
import type { HashIdentifier } from './forgotten.ts'
import { holdProfiles } from './hold.ts'
import { keyOf } from './keys.ts'
import { resolveProfile } from './ledger.ts'

/** Who was forgotten. */
export interface Forgotten {
  /** All profiles that the person was, the one they went by first. */
  readonly profiles: readonly string[]
  readonly identifiers: readonly Identifier[]
  /** How many rows went from where. */
  readonly counts: Readonly<Record<string, number>>
}

// All that were merged into a profile and not taken out again, and their identifiers, in one snapshot.
const EVERYTHING = `
with recursive members (id) as (
  select $1::uuid
  union
  select m.loser from members k join merges m on m.winner = k.id and m.undone_at is null
)
select k.id, i.kind, i.value from members k left join identifiers i on i.profile_id = k.id`

/**
 * Forgets who a profile is, inside the caller's transaction: identifiers, the record of merges, what they consented to and
 * their suppressed addresses go; of each identifier an HMAC stays, by which events of the person are refused from the
 * commit on. What the profile remembers is the pipeline's, and is told to it by the caller.
 * @param forget the id under which this is recorded
 */
export async function forgetIdentity(client: PoolClient, profileId: string, forget: string, hash: HashIdentifier): Promise<Forgotten> {
  const { profiles, identifiers } = await holdProfiles(client, [profileId, await resolveProfile(client, profileId)], async () => {
    const root = await resolveProfile(client, profileId)
    const { rows } = await client.query<{ id: string; kind: Identifier['kind'] | null; value: string | null }>(EVERYTHING, [root])
    const found = {
      profiles: [...new Set([root, ...rows.map(({ id }) => id)])],
      identifiers: rows.flatMap(({ kind, value }) => (kind === null || value === null ? [] : [{ kind, value }])),
    }
    return { profiles: found.profiles, value: found }
  })
  const addresses = identifiers.filter(({ kind }) => kind === 'email' || kind === 'phone').map(({ value }) => value)
  const { rows: suppressed } = await client.query<{ channel: string; address: string; reason: string; at: number }>(
    // Not where it was said: that is free text, and may name them.
    'delete from suppressions where address = any($1::text[]) returning channel, address, reason, at',
    [addresses],
  )
  await client.query(
    `insert into forgotten_identifiers (hash, kind, forget, suppressions)
     select hash, kind, $3::uuid, suppressions from unnest($1::bytea[], $2::text[], $4::jsonb[]) as f (hash, kind, suppressions)
     on conflict (hash) do update set forget = excluded.forget, suppressions = excluded.suppressions`,
    [
      binary.byteaArray(identifiers.map((one) => hash(keyOf(one)))),
      binary.textArray(identifiers.map(({ kind }) => kind)),
      forget,
      binary.jsonbArray(
        identifiers.map(({ value }) =>
          JSON.stringify(suppressed.filter(({ address }) => address === value).map(({ address: _, ...rest }) => rest)),
        ),
      ),
    ],
  )
  await client.query(
    `insert into forgotten_profiles (profile_id, forget) select id, $2::uuid from unnest($1::uuid[]) as p (id) on conflict (profile_id) do nothing`,
    [binary.uuidArray(profiles), forget],
  )
  const ids = [binary.uuidArray(profiles)]
  const known = await client.query('delete from identifiers where profile_id = any($1::uuid[])', ids)
  const merges = await client.query('delete from merges where winner = any($1::uuid[]) or loser = any($1::uuid[])', ids)
  const counts = { identifiers: known.rowCount ?? 0, merges: merges.rowCount ?? 0, suppressions: suppressed.length }
  return { profiles, identifiers, counts }
}
