import { eventNames, type EventFilter } from '@throughline/contracts'
import type { Occurrence } from './behaviour.ts'
import type { ConditionContext } from './context.ts'
import { compileFilters, describeFilters, filtersToSql, normaliseFilters } from './filters.ts'
import type { SqlBuilder, SqlQuery } from './sql-builder.ts'

/** Which events a question is about. */
export interface Selected {
  readonly event: string
  readonly where?: readonly EventFilter[] | undefined
}

/** A selection made ready for the hot path. */
export interface Selection {
  /** The name, or the pattern of names, under which its memory is found. */
  readonly eventNames: readonly string[]
  /** The same for selections that mean the same events. */
  readonly key: readonly [event: string, filters: readonly string[]]
  /** Whether the name alone decides. */
  readonly isByName: boolean
  matches(occurrence: Occurrence): boolean
}

const { pageViewed, screenViewed, identified, groupJoined, aliased, ...ours } = eventNames
const doings: readonly string[] = [pageViewed, screenViewed, identified, groupJoined, aliased]
/** What Throughline says of itself: no pattern means it. */
const ownNames: ReadonlySet<string> = new Set(Object.values(ours).filter((name) => !doings.includes(name)))

/** Whether the name stands for several: it begins or ends with `*`. */
export function isPattern(name: string): boolean {
  return name.startsWith('*') || name.endsWith('*')
}

/** Whether an event of this name is meant by a name or a pattern of names. */
export function compileName(pattern: string): (name: string) => boolean {
  if (!isPattern(pattern)) return (name) => name === pattern
  const { begins, ends, middle } = readPattern(pattern)
  return (name) => !ownNames.has(name) && (middle ? name.includes(begins) : name.startsWith(begins) && name.endsWith(ends))
}

export function compileSelection({ event, where }: Selected, context: ConditionContext): Selection {
  const isMeant = compileName(event)
  const filters = compileFilters(where, context)
  return {
    eventNames: [event],
    key: [event, normaliseFilters(where)],
    isByName: filters === null,
    matches: (occurrence) => isMeant(occurrence.name) && (filters === null || filters(occurrence)),
  }
}

/** The name as ClickHouse expressions over the column `name`, all of which have to hold; every text is handed to `parameter`. */
function nameToSql(event: string, parameter: (text: string) => string): string {
  if (!isPattern(event)) return `name = ${parameter(event)}`
  const { begins, ends, middle } = readPattern(event)
  const parts = [`name not in (${[...ownNames].map((name) => `'${name}'`).join(', ')})`]
  if (middle) parts.push(`position(name, ${parameter(begins)}) > 0`)
  else {
    if (begins !== '') parts.push(`startsWith(name, ${parameter(begins)})`)
    if (ends !== '') parts.push(`endsWith(name, ${parameter(ends)})`)
  }
  return parts.join(' and ')
}

/** Events of any of these names, or patterns of names, as a ClickHouse expression over the column `name` with its parameters. */
export function eventNamesToSql(names: readonly string[]): SqlQuery {
  const params: Record<string, string> = {}
  const parts = names.map((each) =>
    nameToSql(each, (text) => {
      const name = `name${Object.keys(params).length}`
      params[name] = text
      return `{${name}:String}`
    }),
  )
  return { sql: parts.length === 0 ? '0' : `(${parts.map((part) => `(${part})`).join(' or ')})`, params }
}

/** The selection as ClickHouse expressions: `name` decides which rows are read at all, all of `parts` which count. */
export function selectionToSql({ event, where }: Selected, sql: SqlBuilder): { readonly name: string; readonly parts: readonly string[] } {
  const name = nameToSql(event, (text) => sql.parameter('String', text))
  return { name, parts: [name, ...filtersToSql(where, sql)] }
}

/** `Product Viewed where category is shoes`; a pattern as `any Product …`. */
export function describeSelection({ event, where }: Selected): string {
  const filters = describeFilters(where)
  return filters === '' ? describeName(event) : `${describeName(event)} where ${filters}`
}

function describeName(event: string): string {
  if (!isPattern(event)) return event
  return event === '*' ? 'anything' : `any event named “${event.replaceAll('*', '…')}”`
}

function readPattern(pattern: string): { begins: string; ends: string; middle: boolean } {
  const open = pattern.startsWith('*')
  const bare = pattern.slice(open ? 1 : 0, pattern.length > 1 && pattern.endsWith('*') ? -1 : undefined)
  if (open && pattern.length > 1 && pattern.endsWith('*')) return { begins: bare, ends: '', middle: true }
  return open ? { begins: '', ends: bare, middle: false } : { begins: bare, ends: '', middle: false }
}
