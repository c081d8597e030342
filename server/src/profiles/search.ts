import type { Person } from '@throughline/contracts'
import { normaliseIdentifier, resolveProfiles } from '../identity/index.ts'
import { withClient, type Db, type Pool } from '../platform/postgres/index.ts'
import type { History } from './history.ts'
import { isProfileId } from './ids.ts'
import type { ReadSeen } from './seen.ts'
import { loadPeople, type UnpackProfile } from './load.ts'

export interface PeopleDeps {
  readonly pool: Pool
  readonly unpack: UnpackProfile
  readonly history: History
  readonly readSeen: ReadSeen
}

export interface PeoplePage {
  readonly items: Person[]
  /** The id after which the next page begins. */
  readonly next: string | null
}

/** How long names are looked for in PostgreSQL while ClickHouse is away. */
const SCAN_MS = 3_000

/**
 * People, newest first: all of them, or those whose id, e-mail address, phone number, user id or device id begins with the
 * text, or whose name has it in it. Ids grow with time, so the order is that of the ids, and a page begins below the last id.
 */
export async function findPeople(
  deps: PeopleDeps,
  search: string | undefined,
  before: string | undefined,
  limit: number,
): Promise<PeoplePage> {
  const text = search?.trim() ?? ''
  const found = text === '' ? await newestIds(deps.pool, before, limit + 1) : await searchIds(deps, text, before, limit + 1)
  const sorted = [...new Set(found)].sort((a, b) => (a < b ? 1 : -1))
  const shown = sorted.slice(0, limit)
  const heirs = await resolveProfiles(deps.pool, shown)
  const people = await loadPeople(deps.pool, [...new Set(shown.map((id) => heirs.get(id) ?? id))], deps.unpack, deps.readSeen)
  return { items: [...people.values()], next: sorted.length > limit ? (shown.at(-1) ?? null) : null }
}

async function newestIds(db: Db, before: string | undefined, limit: number): Promise<string[]> {
  // The primary key begins with the shard: the newest of each shard are taken backwards along it, then the newest of those.
  const { rows } = await db.query<{ id: string }>(
    `select p.id from generate_series(0, 63) as s (shard)
     cross join lateral (
       select id from profiles where shard = s.shard::smallint and merged_into is null and ($1::uuid is null or id < $1::uuid)
       order by id desc limit $2::int
     ) p
     order by p.id desc limit $2::int`,
    [before ?? null, limit],
  )
  return rows.map(({ id }) => id)
}

/** Ids of those whose id, e-mail address, phone number, user id or device id begins with the text, or whose name has it in it. */
export async function searchIds(deps: PeopleDeps, text: string, before: string | undefined, limit: number): Promise<string[]> {
  if (isProfileId(text.toLowerCase())) return before === undefined ? [text.toLowerCase()] : []
  const [byIdentifier, byName] = await Promise.all([idsByIdentifier(deps.pool, text, before, limit), idsByName(deps, text, before, limit)])
  return [...byIdentifier, ...byName]
}

async function idsByIdentifier(db: Db, text: string, before: string | undefined, limit: number): Promise<string[]> {
  const phone = normaliseIdentifier('phone', text)?.value ?? text.replace(/[\s().\-/]/g, '')
  const { rows } = await db.query<{ id: string }>(
    `select distinct profile_id as id from identifiers
     where (kind, value) in (select kind, value from (
         (select kind, value from identifiers where kind = 'email' and value like $1::text limit 20000)
         union all (select kind, value from identifiers where kind = 'user_id' and value like $2::text limit 20000)
         union all (select kind, value from identifiers where kind = 'phone' and value like $3::text limit 20000)
         union all (select kind, value from identifiers where kind = 'anonymous_id' and value like $2::text limit 20000)
       ) as beginning)
       and ($4::uuid is null or profile_id < $4::uuid)
     order by id desc limit $5::int`,
    [prefix(text.toLowerCase()), prefix(text), prefix(phone), before ?? null, limit],
  )
  return rows.map(({ id }) => id)
}

async function idsByName(deps: PeopleDeps, text: string, before: string | undefined, limit: number): Promise<string[]> {
  return (await deps.history.withName(text, before, limit)) ?? scanNames(deps.pool, text, before, limit)
}

/**
 * Looks through the stored traits themselves. MessagePack keeps text as its UTF-8 bytes, so a name can be found without
 * unpacking; it may find a word that stands in another trait too. Only done while ClickHouse is away: it reads every
 * profile, and gives up after some seconds with nothing.
 */
async function scanNames(pool: Pool, text: string, before: string | undefined, limit: number): Promise<string[]> {
  return withClient(pool, async (client) => {
    await client.query('begin')
    try {
      await client.query(`set local statement_timeout = ${SCAN_MS}`)
      const { rows } = await client.query<{ id: string }>(
        `select id from profiles
         where merged_into is null and encode(traits, 'escape') ilike '%' || encode(convert_to($1::text, 'UTF8'), 'escape') || '%'
           and ($2::uuid is null or id < $2::uuid)
         order by id desc limit $3::int`,
        [text.replace(/[\\%_]/g, '\\$&'), before ?? null, limit],
      )
      return rows.map(({ id }) => id)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === '57014') return []
      throw error
    } finally {
      await client.query('rollback')
    }
  })
}

function prefix(text: string): string {
  return `${text.replace(/[\\%_]/g, '\\$&')}%`
}
