import type { SegmentDefinition } from '@throughline/contracts'
import { conditionsToSql, emptyProfile, valueOf, type CompiledDefinitions, type SqlOptions } from '@throughline/engine'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import { binary, type Db } from '../../platform/postgres/index.ts'
import { unpackProfile } from '../codec.ts'

/** A membership that stands otherwise than ClickHouse answers. */
export interface Difference {
  readonly profileId: string
  readonly segment: string
  /** Whether PostgreSQL has the person in it. */
  readonly inside: boolean
}

export interface Comparison {
  readonly compared: number
  readonly differences: readonly Difference[]
}

/** Everybody of a shard, or some of them. */
export interface Slice {
  readonly shard: number
  readonly only?: readonly string[]
}

/** People whose events came in under several ids, with those ids; they are asked about by id, since the ids lie in any shards. */
const MERGED = `
with recursive chain (root, id) as (
  select winner, loser from merges where undone_at is null
    and not exists (select 1 from merges o where o.loser = merges.winner and o.undone_at is null)
  union
  select c.root, m.loser from chain c join merges m on m.winner = c.id and m.undone_at is null
)
select root as person, jsonb_agg(id) as ids from chain where get_byte(uuid_send(root), 15) & 63 = $1::int group by root`

const PEOPLE = `
select id, created_at, traits, state from profiles
where shard = $1::smallint and merged_into is null and id > $2::uuid and ($3::uuid[] is null or id = any ($3::uuid[]))
order by id limit 1000`

/**
 * Compares what stands in PostgreSQL about a slice of people with what ClickHouse answers about their events. People of whom
 * something is being folded are left out. What is on its way between the two shows as a difference that is gone a moment later.
 */
export async function compareSlice(db: Db, clickhouse: ClickHouse, definitions: CompiledDefinitions, slice: Slice): Promise<Comparison> {
  const segments = latestSegments(definitions)
  if (segments.length === 0) return { compared: 0, differences: [] }
  const { rowCount } = await db.query('select 1 from profiles where shard = $1::smallint and merged_into is null limit 1', [slice.shard])
  if (rowCount === 0) return { compared: 0, differences: [] }
  const now = Date.now()
  const { rows: merged } = await db.query<{ person: string; ids: string[] }>(MERGED, [slice.shard])
  const wanted = slice.only && new Set(slice.only)
  const joined = merged.filter(({ person }) => wanted?.has(person) ?? true)
  const options = { now, context: definitions.context, tables: { byName: 'events_by_name' } }
  const answers = await ask({
    ...options,
    merges: false,
    ...(slice.only ? { profiles: slice.only } : {}),
    shards: { from: slice.shard, to: slice.shard },
  })
  for (const { person } of joined) answers.delete(person)
  for (let at = 0; at < joined.length; at += 500) {
    const profiles = joined.slice(at, at + 500).flatMap(({ person, ids }) => [person, ...ids])
    for (const [person, held] of await ask({ ...options, profiles })) answers.set(person, held)
  }
  const nobody = new Set(segments.filter(({ where }) => isOpen(where)).map(({ id }) => id))

  const differences: Difference[] = []
  let compared = 0
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await db.query<{ id: string; created_at: number; traits: Buffer; state: Buffer }>(PEOPLE, [
      slice.shard,
      after,
      slice.only ? binary.uuidArray(slice.only) : null,
    ])
    for (const row of rows) {
      const profile = unpackProfile(row.id, row.created_at, row)
      if (profile.pending !== undefined) continue
      const held = answers.get(row.id) ?? nobody
      compared += segments.length
      for (const { id: segment } of segments) {
        const inside = profile.segments.keys.includes(segment)
        if (inside !== held.has(segment)) differences.push({ profileId: row.id, segment, inside })
      }
    }
    if (rows.length < 1_000) return { compared, differences }
    after = rows.at(-1)!.id
  }

  function isOpen(where: SegmentDefinition['where']): boolean {
    return valueOf(where, emptyProfile('', now), { now, pending: new Set(), definitions }) === true
  }

  async function ask(about: SqlOptions): Promise<Map<string, ReadonlySet<string>>> {
    if (about.profiles?.length === 0) return new Map()
    const { sql, params } = conditionsToSql(
      segments.map(({ where }) => where),
      about,
    )
    const result = await clickhouse.query({ query: sql, query_params: { ...params }, format: 'JSONEachRow' })
    const found = new Map<string, ReadonlySet<string>>()
    for await (const rows of result.stream<{ profile: string } & Record<string, number>>())
      for (const row of rows) {
        const values = row.json()
        found.set(values.profile, new Set(segments.filter((_, i) => values[`holds_${i}`] === 1).map(({ id }) => id)))
      }
    return found
  }
}

function latestSegments({ published }: CompiledDefinitions): readonly SegmentDefinition[] {
  const latest = new Map<string, { version: number; definition: SegmentDefinition }>()
  for (const { version, definition } of published) {
    if (definition.kind !== 'segment') continue
    if (version > (latest.get(definition.id)?.version ?? 0)) latest.set(definition.id, { version, definition })
  }
  return [...latest.values()].map(({ definition }) => definition).filter(({ archived }) => archived === undefined)
}
