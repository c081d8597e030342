import { shardCount, shardOf } from '@throughline/contracts'
import { readConsentsOf } from '../../consent/index.ts'
import { binary, type Db } from '../../platform/postgres/index.ts'
import { loadIdentifiers, type ReadComputed, type UnpackProfile } from '../load.ts'
import type { ReadSeen } from '../seen.ts'
import type { Exported } from './columns.ts'

/** Profiles that are in memory at a time. */
const PAGE = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

export interface ExportDeps {
  readonly db: Db
  readonly unpack: UnpackProfile
  /** Null when no column says a time at which somebody was seen. */
  readonly readSeen: ReadSeen | null
  /** Null when no computed trait is asked for. */
  readonly readComputed: ReadComputed | null
  /** How definitions are called, by `kind id`. */
  readonly names: ReadonlyMap<string, string>
}

/**
 * Everybody, or everybody who is in a segment, shard by shard in the order of their ids, a page at a time: whoever comes or
 * changes meanwhile is in it or not, each person once. Who was forgotten is left out where they are written.
 * @param segment id of the segment
 */
export async function* readPeopleForExport(
  { db, unpack, readSeen, readComputed, names }: ExportDeps,
  segment: string | undefined,
): AsyncIterable<readonly Exported[]> {
  const segments = new Map(
    [...names].flatMap(([key, name]): [string, string][] => (key.startsWith('segment ') ? [[key.slice(8), name]] : [])),
  )
  for (let shard = 0; shard < shardCount; shard++) {
    for (let after = FIRST; ;) {
      const { rows } = await db.query<{ id: string; created_at: number; traits: Buffer; state: Buffer }>(
        `select id, created_at, traits, state from profiles
         where shard = $1::smallint and id > $2::uuid and merged_into is null order by id limit $3::int`,
        [shard, after, PAGE],
      )
      const last = rows.at(-1)
      if (last === undefined) break
      const profiles = rows
        .map((row) => unpack(row.id, row.created_at, row))
        .filter((profile) => segment === undefined || profile.segments.keys.includes(segment))
      const ids = profiles.map(({ id }) => id)
      if (ids.length > 0) {
        const [identifiers, consents, seen, computed] = await Promise.all([
          loadIdentifiers(db, ids),
          readConsentsOf(
            db,
            ids.map((id) => ({ shard: shardOf(id), profileId: id })),
          ),
          readSeen?.(ids),
          readComputed?.(profiles),
        ])
        yield profiles.map((profile) => {
          const values = (computed?.get(profile.id) ?? []).flatMap(({ id, value }) => (value === undefined ? [] : [[id, value] as const]))
          return {
            profile,
            identifiers: identifiers.get(profile.id) ?? [],
            consents: consents.get(profile.id) ?? [],
            segments,
            seen: seen?.get(profile.id),
            computed: new Map(values),
          }
        })
      }
      if (rows.length < PAGE) break
      after = last.id
    }
  }
}

/** Those of them who were not forgotten, be it since they were read; a forgotten person has a row until their worker has come to it. */
export async function leaveOutForgotten(db: Db, people: readonly Exported[]): Promise<readonly Exported[]> {
  const { rows } = await db.query<{ id: string }>('select profile_id as id from forgotten_profiles where profile_id = any($1::uuid[])', [
    binary.uuidArray(people.map(({ profile }) => profile.id)),
  ])
  const forgotten = new Set(rows.map(({ id }) => id))
  return forgotten.size === 0 ? people : people.filter(({ profile }) => !forgotten.has(profile.id))
}
