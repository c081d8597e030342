import type { Condition } from '@throughline/contracts'
import { hash32 } from '../hash.ts'
import { isText, textOf } from './comparisons/sql-values.ts'
import type { ConditionContext } from './context.ts'

/**
 * Builds one ClickHouse query for any number of conditions: every condition asks for columns, each an aggregate over the
 * events of one profile, and answers with an expression over them. Every value that a user wrote is a parameter.
 */
export interface SqlBuilder {
  readonly context: ConditionContext
  /** The instant that is answered for, epoch ms; in SQL `{now:Int64}`. */
  readonly now: number
  /** Whether profiles may have been merged: then a person's rows are their own (`own`) or come from another, before that proved to be the same. */
  readonly merges: boolean
  /** Whether an event says something of its person, as far as the table tells without looking into it. */
  readonly tells: string
  /** The expression of a part of a condition. */
  compile(condition: Condition): string
  /** A `{name:Type}` parameter of this value. */
  parameter(type: 'String' | 'Float64' | 'Int64' | 'UInt64', value: string | number): string
  parameter(type: 'Array(Int64)', value: readonly number[]): string
  /** The shop's zone, as a parameter. */
  zone(): string
  /** The name of a column for this expression over one event, so that it is worked out once however often it is used. */
  perEvent(expression: string): string
  /** The name of a column for this aggregate over the rows of a profile; the same aggregate gets the same column. */
  column(aggregate: string): string
  /**
   * The name of a column for this expression over the columns of a profile, worked out in a select of its own around those that it
   * names: a name that is used often does not make the query grow, as that of a `column` does. The same expression gets the same.
   */
  derived(expression: string): string
  /** What stands in several conditions under one name, as a derived column that is written once. */
  shared(name: string, write: () => string): string
  /** Rows that the condition reads. Rows that no condition reads are skipped where that cannot change the answer. */
  reads(rows: string): void
  /** A name for what this expression gives, inside a lambda; the same for the same expression. */
  variable(expression: string): string
  /**
   * The JSON text at a dotted path of `properties` or of another JSON text, as `valueAt` finds it; empty where there is no entry.
   * The columns `properties` and `said` are read by this and by `entry` only, since one table keeps them as texts and another as maps.
   */
  jsonAt(json: string, path: string): string
  /** The JSON text of an entry of `properties` or `said` by its whole name, dots and all; empty where there is none. */
  entry(json: 'properties' | 'said', name: string): string
  /** The text at a path of the context of events, empty where there is none. */
  contextText(path: ContextPath): string
}

/** What conditions read in the context of events, and the column that holds it in the table by name. */
export const contextColumns = {
  userAgent: 'agent',
  'os.name': 'os',
  'app.name': 'app',
  'app.version': 'app_version',
  locale: 'locale',
  timezone: 'timezone',
  'location.country': 'country',
  'location.region': 'region',
  'location.city': 'city',
} as const
export type ContextPath = keyof typeof contextColumns

/** The text at a path of a column of JSON texts, empty where there is none. */
export function contextTextToSql(path: string, column: string): string {
  const raw = (...keys: string[]): string => `JSONExtractRaw(${column}, ${keys.map((key) => `'${key}'`).join(', ')})`
  return textIn(path.includes('.') ? `if(${raw(path)} != '', ${raw(path)}, ${raw(...path.split('.'))})` : raw(path))
}

function textIn(json: string): string {
  return `if(${isText(json)}, ${textOf(json)}, '')`
}

type ParameterValue = string | number | readonly number[]

export interface SqlQuery {
  readonly sql: string
  readonly params: { readonly [name: string]: ParameterValue | readonly ParameterValue[] }
}

export interface CollectedSql extends SqlBuilder {
  readonly params: { readonly [name: string]: ParameterValue }
  readonly columns: ReadonlyMap<string, string>
  readonly eventColumns: ReadonlyMap<string, string>
  /** Derived columns, by the stage at which all that they name is there. */
  readonly stages: readonly ReadonlyMap<string, string>[]
  readonly rows: ReadonlySet<string>
}

/** An empty builder; `toSql` gives the expression of a part. */
export function makeSqlBuilder(
  toSql: (condition: Condition, sql: SqlBuilder) => string,
  about: Pick<SqlBuilder, 'context' | 'now' | 'merges'> & { readonly asMaps: boolean },
): CollectedSql {
  const { asMaps, ...own } = about
  const params: Record<string, ParameterValue> = {}
  const byValue = new Map<string, string>()
  const columns = new Map<string, string>()
  const eventColumns = new Map<string, string>()
  const stages: Map<string, string>[] = []
  const stageOf = new Map<string, number>()
  const named = new Map<string, string>()
  const rows = new Set<string>()

  function parameter(type: string, value: ParameterValue): string {
    const known = byValue.get(`${type} ${value}`)
    if (known !== undefined) return known
    const name = `p${byValue.size}`
    params[name] = value
    const placeholder = `{${name}:${type}}`
    byValue.set(`${type} ${value}`, placeholder)
    return placeholder
  }

  function perEvent(expression: string): string {
    if (/^e\d+$/.test(expression)) return expression
    const known = eventColumns.get(expression) ?? `e${eventColumns.size}`
    eventColumns.set(expression, known)
    return known
  }

  const builder: CollectedSql = {
    ...own,
    tells: asMaps ? 'tells = 1' : '1',
    params,
    columns,
    eventColumns,
    stages,
    rows,
    parameter,
    zone: () => parameter('String', about.context.calendar.zone),
    compile: (condition) => toSql(condition, builder),
    perEvent,
    column(aggregate) {
      const known = columns.get(aggregate) ?? `c${columns.size}`
      columns.set(aggregate, known)
      return known
    },
    derived(expression) {
      const stage = Math.max(0, ...(expression.match(/\bd\d+\b/g) ?? []).map((name) => stageOf.get(name)! + 1))
      const known = stages[stage]?.get(expression)
      if (known !== undefined) return known
      const name = `d${stageOf.size}`
      stageOf.set(name, stage)
      stages[stage] ??= new Map()
      stages[stage].set(expression, name)
      return name
    },
    shared(name, write) {
      const known = named.get(name) ?? builder.derived(write())
      named.set(name, known)
      return known
    },
    reads(expression) {
      rows.add(expression)
    },
    variable: (expression) => `v_${hash32(expression).toString(36)}`,
    jsonAt,
    entry: entryOf,
    contextText: (path) => (asMaps ? contextColumns[path] : perEvent(textIn(jsonAt('context', path)))),
  }

  function jsonAt(json: string, path: string): string {
    const direct = entryOf(json, path)
    if (!path.includes('.')) return direct
    const [root, ...rest] = path.split('.')
    const keys = rest.map((key) => parameter('String', key)).join(', ')
    return `if(${direct} != '', ${direct}, JSONExtractRaw(${entryOf(json, root!)}, ${keys}))`
  }

  function entryOf(json: string, name: string): string {
    const key = parameter('String', name)
    if (json !== 'properties' && json !== 'said') return `JSONExtractRaw(${json}, ${key})`
    // Read where the table is: outside of it the whole map would come along.
    return perEvent(asMaps ? `${json}[${key}]` : `JSONExtractRaw(${json}, ${key})`)
  }

  return builder
}
