import { binary, type Db } from '../platform/postgres/index.ts'

// First key of our advisory locks on profiles: the letters "prof".
const LOCK_CLASS = 0x7072_6f66
// Profiles share locks, so that a large batch never asks for more than PostgreSQL's lock table has room for.
const STRIPES = 256

function stripesOf(profiles: Iterable<string>): number[] {
  const stripes = new Set<number>()
  for (const profile of profiles) stripes.add(Number.parseInt(profile.slice(-4), 16) % STRIPES)
  return [...stripes].sort((a, b) => a - b)
}

/**
 * Holds profiles until the end of the transaction, so that nobody else merges them or gives them identifiers.
 * Which profiles these are can only be known for sure once they are held: `read` looks, and when it finds others than
 * were thought of, all are let go and taken again. They are taken in ascending order by everybody, so that no two
 * transactions wait for each other.
 * @param guess the profiles as seen without a lock
 * @param read what is true now, and which profiles have to be held for it
 */
export async function holdProfiles<T>(
  client: Db,
  guess: Iterable<string>,
  read: () => Promise<{ profiles: Iterable<string>; value: T }>,
): Promise<T> {
  let stripes = stripesOf(guess)
  for (;;) {
    await client.query('savepoint hold_profiles')
    if (stripes.length > 0) {
      await client.query({
        name: 'identity-hold',
        text: 'select pg_advisory_xact_lock($1::int4, stripe) from unnest($2::int4[]) as stripe',
        values: [LOCK_CLASS, binary.int4Array(stripes)],
      })
    }
    const { profiles, value } = await read()
    const needed = stripesOf(profiles)
    if (needed.every((stripe) => stripes.includes(stripe))) {
      await client.query('release savepoint hold_profiles')
      return value
    }
    // PostgreSQL gives back advisory locks taken since the savepoint.
    await client.query('rollback to savepoint hold_profiles')
    stripes = needed
  }
}
