import { channelsByIdentifier, type Identifier } from '@throughline/contracts'
import { binary, type PoolClient } from '../platform/postgres/index.ts'
import { IdentityError } from './errors.ts'
import { holdProfiles } from './hold.ts'
import { bucketOf } from './keys.ts'
import { resolveProfile } from './ledger.ts'

/** A merge that was undone. For each side a control entry `unmerge` has to go into its live lane in this same transaction. */
export interface Unmerged {
  readonly merge: string
  readonly loser: string
  /** The profile in which the loser stood until now: the merge's winner, or what that one was merged into since. */
  readonly winner: string
}

interface Row {
  readonly [column: string]: unknown
  readonly winner: string
  readonly loser: string
  readonly moved: readonly Identifier[]
  readonly undone_at: number | null
}

/**
 * Undoes a merge inside the caller's transaction: the identifiers that moved with it go back to the loser, as far as
 * they still point to the winner. Consents that were copied stay: nobody is written to because of an unmerge.
 * @throws IdentityError `merge_unknown`, `merge_undone`
 */
export async function unmerge(client: PoolClient, mergeId: string, now: number): Promise<Unmerged> {
  const merge = isUuid(mergeId) ? await readMerge(client, mergeId) : undefined
  if (!merge) {
    throw new IdentityError('not-found', 'merge_unknown', `There is no merge "${mergeId}". The merges of a person stand on their page.`, {
      field: 'merge',
      value: mergeId,
    })
  }
  const winner = await holdProfiles(client, [merge.loser, merge.winner], async () => {
    const end = await resolveProfile(client, merge.winner)
    return { profiles: [merge.loser, end], value: end }
  })
  // Under the lock: two people may press the button at the same time.
  const { rowCount } = await client.query('update merges set undone_at = $2::int8 where id = $1::uuid and undone_at is null', [
    mergeId,
    now,
  ])
  if (rowCount === 0) {
    throw new IdentityError('conflict', 'merge_undone', `The merge "${mergeId}" was undone before.`, { field: 'merge', value: mergeId })
  }
  await client.query(
    `update identifiers i set profile_id = $4::uuid
     from unnest($1::int2[], $2::text[], $3::text[]) as m (bucket, kind, value)
     where i.bucket = m.bucket and i.kind = m.kind and i.value = m.value and i.profile_id = $5::uuid`,
    [
      binary.int2Array(merge.moved.map(({ kind, value }) => bucketOf(kind, value))),
      binary.textArray(merge.moved.map(({ kind }) => kind)),
      binary.textArray(merge.moved.map(({ value }) => value)),
      merge.loser,
      winner,
    ],
  )
  // What was told of their addresses meanwhile was told to the winner: that one is to get nothing, and that it does again.
  const moved = merge.moved.flatMap(({ kind, value }) =>
    kind === 'email' || kind === 'phone' ? channelsByIdentifier[kind].map((channel) => ({ channel, value })) : [],
  )
  await client.query(`insert into address_changes (channel, address) select * from unnest($1::text[], $2::text[])`, [
    binary.textArray(moved.map(({ channel }) => channel)),
    binary.textArray(moved.map(({ value }) => value)),
  ])
  return { merge: mergeId, loser: merge.loser, winner }
}

async function readMerge(client: PoolClient, id: string): Promise<Row | undefined> {
  const { rows } = await client.query<Row>('select winner, loser, moved, undone_at from merges where id = $1::uuid', [id])
  return rows[0]
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
}
