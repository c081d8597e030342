import { shardOf, type Identifier } from '@throughline/contracts'
import { binary, type Db } from '../platform/postgres/index.ts'
import { bucketOf, identifierOf, keyOf } from './keys.ts'
import type { Merge } from './resolve.ts'

const { int2Array, textArray, uuidArray, int8Array, jsonbArray } = binary

function columnsOf(identifiers: readonly Identifier[]): [Buffer, Buffer, Buffer] {
  return [
    int2Array(identifiers.map(({ kind, value }) => bucketOf(kind, value))),
    textArray(identifiers.map(({ kind }) => kind)),
    textArray(identifiers.map(({ value }) => value)),
  ]
}

/** The owners of those keys that are known. Takes no lock. */
export async function readOwners(client: Db, keys: readonly string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map()
  // The limit makes each key a look-up of its own in the primary key, whatever the planner thinks of the table's size:
  // a plan kept since the table was empty must not read all of it. One row with all of them, nothing between commas for
  // a key nobody has: a row each would cost more than the look-up.
  const { rows } = await client.query<{ owners: string }>({
    name: 'identity-owners',
    text: `select array_to_string(array_agg(i.profile_id order by k.at), ',', '') as owners
           from unnest($1::int2[], $2::text[], $3::text[]) with ordinality as k (bucket, kind, value, at)
           left join lateral (
             select profile_id from identifiers where bucket = k.bucket and kind = k.kind and value = k.value limit 1
           ) i on true`,
    values: columnsOf(keys.map(identifierOf)),
  })
  const owners = new Map<string, string>()
  rows[0]!.owners.split(',').forEach((owner, at) => owner !== '' && owners.set(keys[at]!, owner))
  return owners
}

/** The owners of those keys that are known, and all identifiers of these owners. */
export async function readMembers(
  client: Db,
  keys: readonly string[],
): Promise<{ owners: Map<string, string>; members: Map<string, string[]> }> {
  const owners = new Map<string, string>()
  const members = new Map<string, string[]>()
  if (keys.length === 0) return { owners, members }
  // One snapshot for both, so that an owner and its identifiers fit together.
  const { rows } = await client.query<{ kind: Identifier['kind']; value: string; profile_id: string }>({
    name: 'identity-members',
    text: `with owner as (
             select distinct i.profile_id
             from unnest($1::int2[], $2::text[], $3::text[]) as k (bucket, kind, value)
             cross join lateral (
               select profile_id from identifiers where bucket = k.bucket and kind = k.kind and value = k.value limit 1
             ) i
           )
           select m.kind, m.value, o.profile_id
           from owner o cross join lateral (select kind, value from identifiers where profile_id = o.profile_id offset 0) m`,
    values: columnsOf(keys.map(identifierOf)),
  })
  for (const { kind, value, profile_id } of rows) {
    const key = keyOf({ kind, value })
    owners.set(key, profile_id)
    const list = members.get(profile_id)
    if (list) list.push(key)
    else members.set(profile_id, [key])
  }
  return { owners, members }
}

/**
 * Claims identifiers nobody has: each row is also the lock that makes others who want the same value wait for this
 * transaction. They are inserted in one order by everybody, so that no two transactions wait for each other.
 * @returns the keys that are ours now; the others belong to somebody who committed meanwhile
 */
export async function claimIdentifiers(client: Db, claims: ReadonlyMap<string, string>, now: number): Promise<Set<string>> {
  if (claims.size === 0) return new Set()
  const entries = [...claims].map(([key, profile]) => ({ key, profile, ...identifierOf(key) }))
  const sorted = entries
    .map((entry) => ({ ...entry, bucket: bucketOf(entry.kind, entry.value) }))
    .sort((a, b) => a.bucket - b.bucket || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  const { rows } = await client.query<{ kind: Identifier['kind']; value: string }>({
    name: 'identity-claim',
    text: `insert into identifiers (bucket, kind, value, profile_id, created_at)
           select bucket, kind, value, profile_id, $5::int8
           from unnest($1::int2[], $2::text[], $3::text[], $4::uuid[]) as c (bucket, kind, value, profile_id)
           on conflict (bucket, kind, value) do nothing
           returning kind, value`,
    values: [...columnsOf(sorted), uuidArray(sorted.map(({ profile }) => profile)), now],
  })
  return new Set(rows.map(keyOf))
}

/** Points identifiers that this transaction has claimed to another profile than first thought, or lets them go (`undefined`). */
export async function correctClaims(client: Db, corrections: ReadonlyMap<string, string | undefined>): Promise<void> {
  const repointed = [...corrections].flatMap(([key, profile]) => (profile === undefined ? [] : [{ ...identifierOf(key), profile }]))
  const dropped = [...corrections].flatMap(([key, profile]) => (profile === undefined ? [identifierOf(key)] : []))
  if (repointed.length > 0) {
    await client.query({
      name: 'identity-correct',
      text: `update identifiers i set profile_id = c.profile_id
             from unnest($1::int2[], $2::text[], $3::text[], $4::uuid[]) as c (bucket, kind, value, profile_id)
             where i.bucket = c.bucket and i.kind = c.kind and i.value = c.value`,
      values: [...columnsOf(repointed), uuidArray(repointed.map(({ profile }) => profile))],
    })
  }
  if (dropped.length > 0) {
    await client.query({
      name: 'identity-drop',
      text: `delete from identifiers i using unnest($1::int2[], $2::text[], $3::text[]) as c (bucket, kind, value)
             where i.bucket = c.bucket and i.kind = c.kind and i.value = c.value`,
      values: columnsOf(dropped),
    })
  }
}

/**
 * Carries merges out: identifiers of the losers go over, the ledger is written, and consents are copied, where a
 * withdrawal wins over a grant whenever each was said, so that an opt-out holds from this transaction on.
 * @param ends each loser with the profile it ends in when merges of one transaction follow each other
 */
export async function writeMerges(client: Db, merges: readonly Merge[], ends: ReadonlyMap<string, string>, now: number): Promise<void> {
  if (merges.length === 0) return
  const losers = [...ends.keys()]
  const winners = [...ends.values()]
  await client.query({
    name: 'identity-repoint',
    text: `update identifiers i set profile_id = e.winner from unnest($1::uuid[], $2::uuid[]) as e (loser, winner) where i.profile_id = e.loser`,
    values: [uuidArray(losers), uuidArray(winners)],
  })
  await client.query({
    name: 'identity-ledger',
    text: `insert into merges (id, winner, loser, at, reason, moved)
           select id, winner, loser, at, reason, moved
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int8[], $5::text[], $6::jsonb[]) as m (id, winner, loser, at, reason, moved)`,
    values: [
      uuidArray(merges.map(({ id }) => id)),
      uuidArray(merges.map(({ winner }) => winner)),
      uuidArray(merges.map(({ loser }) => loser)),
      int8Array(merges.map(() => now)),
      textArray(merges.map(({ reason }) => reason)),
      jsonbArray(merges.map(({ moved }) => JSON.stringify(moved))),
    ],
  })
  // Distinct, because several losers may end in one winner and a row can be written once in a statement.
  await client.query({
    name: 'identity-copy-consents',
    text: `insert into consents (shard, profile_id, channel, topic, state, source, at, address, wording)
           select distinct on (e.winner, c.channel, c.topic)
             e.winner_shard, e.winner, c.channel, c.topic, c.state, c.source, c.at, c.address, c.wording
           from unnest($1::int2[], $2::uuid[], $3::int2[], $4::uuid[]) as e (loser_shard, loser, winner_shard, winner)
           join consents c on c.shard = e.loser_shard and c.profile_id = e.loser
           order by e.winner, c.channel, c.topic, c.state = 'withdrawn' desc, c.at desc
           on conflict (shard, profile_id, channel, topic) do update
             set state = excluded.state, source = excluded.source, at = excluded.at, address = excluded.address, wording = excluded.wording
             where excluded.state = 'withdrawn' and (consents.state <> 'withdrawn' or consents.at < excluded.at)`,
    values: [int2Array(losers.map(shardOf)), uuidArray(losers), int2Array(winners.map(shardOf)), uuidArray(winners)],
  })
}
