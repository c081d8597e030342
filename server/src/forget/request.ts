import { shardOf, type Identifier } from '@throughline/contracts'
import { v7 } from 'uuid'
import { forgetIdentity, type HashIdentifier } from '../identity/index.ts'
import { appendControls, INBOX_CHANNEL } from '../ingest/index.ts'
import { withTransaction, type Db, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { ForgetError } from './errors.ts'

export interface RequestDeps {
  readonly pool: Pool
  readonly hash: HashIdentifier
  /** Seals what is looked for while the forgetting is under way. */
  readonly encrypt: (plain: string) => Buffer
}

/**
 * Begins to forget a person, in one transaction: from its commit on nothing of them is accepted, nothing follows from
 * what was, and nothing is sent to them once their shard has heard it. The pipeline deletes the rest.
 * @param also runs within the transaction, at its end
 * @returns the receipt's id; of a person who is being forgotten already, the one that there is
 * @throws ForgetError `person_unknown`
 */
export async function requestForget(
  deps: RequestDeps,
  person: string,
  by: string,
  also: (client: PoolClient) => Promise<void>,
): Promise<string> {
  return withTransaction(deps.pool, async (client) => {
    const earlier = await findForget(client, person)
    if (earlier !== null) return earlier
    const id = v7()
    const { profiles, identifiers, counts } = await forgetIdentity(client, person, id, deps.hash)
    if (identifiers.length === 0 && !(await hasProfile(client, profiles[0]!)))
      throw new ForgetError('not-found', 'person_unknown', `There is no person with the id "${person}".`, { field: 'id', value: person })
    await client.query(
      `insert into forgets (id, profiles, requested_at, requested_by, stage, sealed, counts)
       values ($1::uuid, $2::uuid[], $3::bigint, $4::text, 'asked', $5::bytea, $6::jsonb)`,
      [id, profiles, Date.now(), by, deps.encrypt(JSON.stringify(identifiers)), JSON.stringify(counts)],
    )
    await also(client)
    await appendControls(
      client,
      profiles.map((profileId) => ({ name: 'erase', id: `erase:${id}:${profileId}`, profileId, properties: { forget: id } })),
    )
    await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
    return id
  })
}

async function findForget(db: Db, profile: string): Promise<string | null> {
  const { rows } = await db.query<{ forget: string }>('select forget from forgotten_profiles where profile_id = $1::uuid', [profile])
  return rows[0]?.forget ?? null
}

async function hasProfile(db: Db, id: string): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from profiles where shard = $1::smallint and id = $2::uuid', [shardOf(id), id])
  return rowCount === 1
}

/** Who is being forgotten at this time: since when (epoch ms), and under which identifiers they were known. */
export async function readBeingForgotten(
  pool: Pool,
  unseal: (sealed: Uint8Array) => string,
): Promise<{ readonly since: number; readonly identifiers: readonly Identifier[] }[]> {
  const { rows } = await pool.query<{ requested_at: number; sealed: Buffer }>(
    `select requested_at, sealed from forgets where stage <> 'complete' and sealed is not null`,
  )
  return rows.map(({ requested_at, sealed }) => ({ since: requested_at, identifiers: JSON.parse(unseal(sealed)) as Identifier[] }))
}
