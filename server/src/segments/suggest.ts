import { contextFields, shardCount, type RouteRequest, type Suggestions } from '@throughline/contracts'
import { contextValuesToSql } from '@throughline/engine'
import type { Asker } from './ask.ts'
import { SegmentError } from './errors.ts'

type Query = RouteRequest<'suggestions'>['query']
type Item = Suggestions['items'][number]
type ValueType = Item['types'][number]

const DAY = 86_400_000
/** Words older than this are not suggested. */
const SPAN = 180 * DAY
/** Events, or people's words about themselves, that are looked at for the names of properties. */
const LOOKED_AT = 3_000
/** Rows that are looked at for values. */
const VALUES_OF = 300_000

/** Words of the shop's own data: event names, properties, values, traits. Most frequent first. */
export async function suggest(ask: Asker, query: Query, signal: AbortSignal): Promise<Suggestions> {
  switch (query.of) {
    case 'events':
      return suggestEvents(ask, query, signal)
    case 'properties':
      return suggestPaths(ask, query, rowsOfEvent(query), signal)
    case 'traits':
      return suggestPaths(ask, query, traits, signal)
    case 'values':
      return suggestValues(ask, query, rowsOfEvent(query), signal)
    case 'trait-values':
      return suggestValues(ask, query, traits, signal)
    case 'context-values':
      return suggestContext(ask, query, signal)
    default:
      return query.of satisfies never
  }
}

/** Which rows, and which of their maps. */
interface Rows {
  readonly where: string
  readonly map: 'properties' | 'said'
  readonly params: Readonly<Record<string, string>>
}

const traits: Rows = { where: 'tells = 1', map: 'said', params: {} }

function rowsOfEvent({ of, event }: Query): Rows {
  if (event === undefined)
    throw missing('event', `of=${of} asks about the events of one name`, 'the name of an event, such as "Order Completed"')
  return { where: 'tells in (0, 1) and name = {event:String}', map: 'properties', params: { event } }
}

async function suggestEvents(ask: Asker, { search, limit }: Query, signal: AbortSignal): Promise<Suggestions> {
  const rows = await ask.rows<{ value: string; n: number }>(
    {
      sql: `select name as value, count() as n from events_by_name
        where received_at > {since:Int64} and positionCaseInsensitiveUTF8(name, {search:String}) > 0
        group by name order by n desc, value limit ${limit}`,
      params: { since: Date.now() - SPAN, search },
    },
    signal,
  )
  return { items: rows.map(({ value, n }) => ({ value, types: [], count: n })), sampled: false }
}

async function thin(ask: Asker, { where, params }: Rows, most: number, signal: AbortSignal): Promise<{ thinning: number; since: number }> {
  const since = Date.now() - SPAN
  const [found] = await ask.rows<{ n: number }>(
    { sql: `select count() as n from events_by_name where ${where} and received_at > {since:Int64}`, params: { ...params, since } },
    signal,
  )
  return { thinning: Math.max(1, Math.ceil((found?.n ?? 0) / most)), since }
}

async function suggestPaths(ask: Asker, { search, limit }: Query, rows: Rows, signal: AbortSignal): Promise<Suggestions> {
  const { thinning, since } = await thin(ask, rows, LOOKED_AT, signal)
  const found = await ask.rows<{ entries: Record<string, string> }>(
    {
      sql: `select ${rows.map} as entries from events_by_name
        where ${rows.where} and received_at > {since:Int64} and cityHash64(profile_id, at) % ${thinning} = 0`,
      params: { ...rows.params, since },
    },
    signal,
  )
  const counts = new Map<string, Map<ValueType, number>>()
  for (const { entries } of found) {
    const types = new Map<string, ValueType>()
    for (const [name, json] of Object.entries(entries)) notePath(types, name, JSON.parse(json) as unknown)
    for (const [path, type] of types) {
      const seen = counts.get(path) ?? new Map<ValueType, number>()
      counts.set(path, seen.set(type, (seen.get(type) ?? 0) + 1))
    }
  }
  const items = [...counts]
    .filter(([path]) => path.toLowerCase().includes(search.toLowerCase()))
    .map(([value, types]): Item => ({
      value,
      types: [...types].sort((a, b) => b[1] - a[1]).map(([type]) => type),
      count: [...types.values()].reduce((sum, n) => sum + n, 0),
    }))
    .sort((a, b) => b.count - a.count || (String(a.value) < String(b.value) ? -1 : 1))
  return { items: items.slice(0, limit), sampled: thinning > 1 }
}

/** Elements of a list that are looked at for their properties. */
const ELEMENTS = 20

/** Notes the type of a value and of all that is in it; in a list, of what its first elements are. */
function notePath(types: Map<string, ValueType>, path: string, value: unknown): void {
  const type = typeOf(value)
  if (type === null) return
  if (!types.has(path)) types.set(path, type)
  if (path.split('.').length >= 4) return
  if (type === 'object') for (const [key, inner] of Object.entries(value as object)) notePath(types, `${path}.${key}`, inner)
  if (!Array.isArray(value)) return
  for (const element of value.slice(0, ELEMENTS) as unknown[]) {
    if (typeOf(element) !== 'object') notePath(types, `${path}[]`, element)
    else for (const [key, inner] of Object.entries(element as object)) notePath(types, `${path}[].${key}`, inner)
  }
}

function typeOf(value: unknown): ValueType | null {
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(value) ? 'date' : 'text'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'yes-no'
  if (Array.isArray(value)) return 'list'
  return value === null || value === undefined ? null : 'object'
}

async function suggestValues(ask: Asker, { of, path, search, limit }: Query, rows: Rows, signal: AbortSignal): Promise<Suggestions> {
  if (path === undefined)
    throw missing('path', `of=${of} asks about the values of one path`, 'the path of a property or trait, such as "country"')
  const { thinning, since } = await thin(ask, rows, VALUES_OF, signal)
  const params: Record<string, string | number> = { ...rows.params, since, search }
  const found = await ask.rows<{ json: string; n: number }>(
    {
      sql: `select arrayJoin(${valuesToSql(path, rows.map, params)}) as json, ${of === 'values' ? 'count()' : 'uniqExact(profile_id)'} as n
        from events_by_name
        where ${rows.where} and received_at > {since:Int64} and cityHash64(profile_id, at) % ${thinning} = 0
          and JSONType(json) in ('String', 'Int64', 'UInt64', 'Double', 'Bool') and positionCaseInsensitiveUTF8(json, {search:String}) > 0
        group by json order by n desc, json limit ${limit}`,
      params,
    },
    signal,
  )
  const items = found.map(({ json, n }): Item => {
    const value = JSON.parse(json) as string | number | boolean
    const type = typeOf(value)
    return { value, types: type === null ? [] : [type], count: n }
  })
  return { items, sampled: thinning > 1 }
}

/** The JSON texts at a path, as an array: one, or of a path through lists (`products[].category`) one for each element. */
function valuesToSql(path: string, map: Rows['map'], params: Record<string, string | number>): string {
  const text = (value: string): string => {
    const name = `path${Object.keys(params).length}`
    params[name] = value
    return `{${name}:String}`
  }
  const at = (json: string, keys: string): string => {
    if (keys === '') return json
    const [root, ...rest] = keys.split('.')
    const entry = (key: string): string => (json === map ? `${json}[${text(key)}]` : `JSONExtractRaw(${json}, ${text(key)})`)
    if (rest.length === 0) return entry(keys)
    return `if(${entry(keys)} != '', ${entry(keys)}, JSONExtractRaw(${entry(root!)}, ${rest.map(text).join(', ')}))`
  }
  const [first = '', ...inner] = path.split('[]').map((keys) => keys.replace(/^\./, ''))
  return inner.reduce(
    (values, keys, depth) =>
      `arrayFlatten(arrayMap(v${depth} -> arrayMap(w${depth} -> ${at(`w${depth}`, keys)}, JSONExtractArrayRaw(v${depth})), ${values}))`,
    `[${at(map, first)}]`,
  )
}

/** Events that are looked at for what their contexts say. */
const CONTEXTS_OF = 200_000
/** Technique changes faster than what is sold: words older than this are not suggested. */
const CONTEXT_SPAN = 30 * DAY

// Contexts are large and lie in one table only, ordered by shard first: of many events, those of some shards are looked at.
async function suggestContext(ask: Asker, { field, search, limit }: Query, signal: AbortSignal): Promise<Suggestions> {
  if (field === undefined) throw missing('field', 'of=context-values asks about one of them', contextFields.join(', '))
  const params = { since: Date.now() - CONTEXT_SPAN, search }
  const [all] = await ask.rows<{ n: number }>({ sql: 'select count() as n from events where received_at > {since:Int64}', params }, signal)
  const shards = Math.max(1, Math.min(shardCount, Math.floor((shardCount * CONTEXTS_OF) / Math.max(1, all?.n ?? 0))))
  const values = contextValuesToSql(field, `events where shard < ${shards} and received_at > {since:Int64}`)
  const rows = await ask.rows<{ value: string; n: number }>(
    {
      sql: `select value, count() as n from (${values.sql})
        where value != '' and positionCaseInsensitiveUTF8(value, {search:String}) > 0
        group by value order by n desc, value limit ${limit}`,
      params: { ...values.params, ...params },
    },
    signal,
  )
  return { items: rows.map(({ value, n }) => ({ value, types: ['text'], count: n })), sampled: shards < shardCount }
}

function missing(field: string, why: string, allowed: string): SegmentError {
  return new SegmentError('bad-input', 'suggestion_incomplete', `query.${field} is missing, and ${why}; allowed: ${allowed}.`, {
    field: `query.${field}`,
    allowed,
  })
}
