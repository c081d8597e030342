import { eventNames, type Condition } from '@throughline/contracts'
import { nobody } from './behaviour.ts'
import { compileCondition } from './compile.ts'
import { bareContext, type ConditionContext } from './context.ts'
import { behaviourOf } from './registry.ts'
import { makeSqlBuilder, type CollectedSql, type SqlBuilder, type SqlQuery } from './sql-builder.ts'

export interface SqlOptions {
  /** The instant to answer for, epoch ms: what was received later is not seen. */
  readonly now: number
  /** The definitions that conditions name, and the zone whose days they mean; default: none, UTC. */
  readonly context?: ConditionContext
  /**
   * Tables of another name; default `events` and `profile_overrides`. Not user text. `byName`: the same events ordered by name, with
   * their JSON as maps (the export's `events_by_name`): read in place of `events` where the conditions can be answered from it.
   */
  readonly tables?: { readonly events?: string; readonly overrides?: string; readonly byName?: string }
  /** Whether any profile was ever merged; saying no spares a join. Default true. */
  readonly merges?: boolean
  /** Only people of these shards, or one in `oneOf` of them, always the same ones; default all. */
  readonly shards?: { readonly from: number; readonly to: number; readonly oneOf?: number }
  /** Only events that came in under these profile ids; default all. Not user text. */
  readonly profiles?: readonly string[]
}

/**
 * ClickHouse SQL that yields the profiles for whom the condition holds, one column `profile` of text.
 * Exactly those for whom {@link valueOf} is true once their events up to `now` are added.
 */
export function conditionToSql(condition: Condition, options: SqlOptions): SqlQuery {
  const { inner, results, params } = build([condition], options)
  return { sql: `select profile\nfrom (\n${inner}\n)\nwhere ${results[0]}`, params }
}

/**
 * ClickHouse SQL that answers many conditions in one pass over the events: a row per profile with the columns `profile`
 * and `holds_0`, `holds_1` … (0 or 1) in the order given. For sweeps.
 */
export function conditionsToSql(conditions: readonly Condition[], options: SqlOptions): SqlQuery {
  const { inner, results, params } = build(conditions, options)
  const columns = results.map((result, i) => `toUInt8(${result}) as holds_${i}`)
  return { sql: `select profile, ${columns.join(', ')}\nfrom (\n${inner}\n)`, params }
}

/**
 * ClickHouse SQL of one row about many conditions: `size_0`, `size_1` … people for whom each holds, `both_1`, `both_2` … for whom
 * it and the first hold, and `sample`, up to `sample` ids of people for whom the first holds, drawn by a hash of the id.
 * It sees only people with an event that some condition reads. Of all others there are `people - seen`, for each of whom a
 * condition holds if `others` says so: `people`, which history does not know, is the caller's to add.
 */
export function countsToSql(
  conditions: readonly Condition[],
  options: SqlOptions & { readonly sample: number },
): SqlQuery & { readonly others: readonly boolean[] } {
  const { inner, results, params, others } = build(conditions, options, true)
  const columns = results.flatMap((result, i) => [
    `countIf(${result}) as size_${i}`,
    ...(i === 0 ? [] : [`countIf((${result}) and (${results[0]})) as both_${i}`]),
  ])
  const drawn = `groupArraySortedIf(${options.sample})((cityHash64(profile), profile), ${results[0]})`
  if (options.sample > 0) columns.push(`arrayMap(one -> one.2, ${drawn}) as sample`)
  return { sql: `select count() as seen, ${columns.join(', ')}\nfrom (\n${inner}\n)`, params, others }
}

/**
 * ClickHouse SQL that yields a row per profile of whom some event is read: `profile` and these expressions under their names, which
 * are not user text.
 */
export function expressionsToSql(make: (sql: SqlBuilder) => { readonly [name: string]: string }, options: SqlOptions): SqlQuery {
  let names: readonly string[] = []
  const expressions = (sql: SqlBuilder): readonly string[] => {
    const made = make(sql)
    names = Object.keys(made)
    return Object.values(made)
  }
  const { inner, results, params } = buildRows(expressions, [], options)
  const columns = results.map((result, i) => `${result} as ${names[i]}`)
  return { sql: `select profile, ${columns.join(', ')}\nfrom (\n${inner}\n)`, params }
}

function build(conditions: readonly Condition[], options: SqlOptions, skipsOthers = false) {
  const context = options.context ?? bareContext
  const others = conditions.map((condition) => compileCondition(condition, context).value(nobody, options.now) === true)
  const answers = (sql: SqlBuilder): readonly string[] => conditions.map((condition) => toSql(condition, sql))
  return { ...buildRows(answers, skipsOthers ? [] : others, options), others }
}

/*
 * The inner query has one row per profile and one column per leaf. It reads each event once: overrides send the events of a
 * merged profile to its winner, whose own they are from the merge on, `at` is the one time that conditions go by, `said` the traits that the event tells.
 * Rows that no leaf reads are skipped, unless the condition holds for somebody who did nothing: then everybody is in question,
 * or those who did nothing are counted elsewhere.
 */
function buildRows(make: (sql: SqlBuilder) => readonly string[], others: readonly boolean[], options: SqlOptions) {
  const { builder, results, asMaps } = collectFor(make, options)
  const rows = others.some((holds) => holds) ? null : [...builder.rows]
  const events = eventsToSql([...builder.eventColumns], rows, asMaps, options)
  const columns = [...builder.columns].map(([aggregate, name]) => `${aggregate} as ${name}`)
  const grouped = `  select ${['toString(person) as profile', ...columns].join(',\n    ')}\n  from (\n${events}\n  )\n  group by person`
  return { inner: withStages(grouped, builder), results, params: { ...builder.params, now: options.now } }
}

/** What the expressions ask for, from the table by name where that has it all. */
export function collectFor(make: (sql: SqlBuilder) => readonly string[], options: SqlOptions) {
  const collected = options.tables?.byName === undefined ? undefined : collect(make, options, true)
  return collected !== undefined && !readsMore(collected.builder)
    ? { ...collected, asMaps: true }
    : { ...collect(make, options, false), asMaps: false }
}

/**
 * A select of the events up to `{now:Int64}`: the person of each, and these expressions over it.
 * @param read expressions of which one has to hold; null: all events
 */
export function eventsToSql(
  perEvent: readonly (readonly [expression: string, name: string])[],
  read: readonly string[] | null,
  asMaps: boolean,
  { shards, profiles, tables, merges = true }: Omit<SqlOptions, 'now'>,
): string {
  const overrides = tables?.overrides ?? 'profile_overrides'
  const bounds = ['received_at <= {now:Int64}']
  if (shards !== undefined) {
    const within = (shard: string): string => `${shard} between ${shards.from} and ${shards.to}`
    // What somebody did before they were merged lies in the shard that was theirs then.
    if (merges) {
      const came = `profile_id global in (select loser from ${overrides} where ${within('bitAnd(toUInt128(winner), 63)')})`
      bounds.push(`(${within('shard')} or ${came})`, within('bitAnd(toUInt128(person), 63)'))
    } else bounds.push(within('shard'))
    const { oneOf = 1 } = shards
    if (oneOf > 1) bounds.push(`cityHash64(${merges ? 'person' : 'profile_id'}) % ${oneOf} = 0`)
  }
  if (profiles !== undefined) bounds.push(`profile_id in (${profiles.map((id) => `toUUID('${id}')`).join(', ')})`)
  if (read !== null) bounds.push(read.length === 0 ? '0' : `(${read.map((one) => `(${one})`).join(' or ')})`)
  const person = merges
    ? 'if(o.merged = 1, o.winner, e.profile_id) as person,\n      o.merged = 0 or received_at >= o.merged_at as own'
    : 'profile_id as person,\n      1 as own'
  const source = asMaps ? narrowSource(tables!.byName!) : wideSource(tables?.events ?? 'events')
  const join = merges
    ? `\n    global left join (select loser, winner, merged_at, 1 as merged from ${overrides}) as o on e.profile_id = o.loser`
    : ''
  return `    select
      ${person},
      name,
      ${[source.columns, ...perEvent.map(([expression, name]) => `${expression} as ${name}`)].join(',\n      ')}
    from ${source.table} as e${join}
    where ${bounds.join('\n      and ')}`
}

/** The derived columns around a select that groups by person. */
export function withStages(grouped: string, { stages }: CollectedSql, write = (expression: string): string => expression): string {
  return stages.reduce((from, stage) => {
    const derived = [...stage].map(([expression, name]) => `${write(expression)} as ${name}`)
    return `  select ${['*', ...derived].join(',\n    ')}\n  from (\n${from}\n  )`
  }, grouped)
}

function collect(make: (sql: SqlBuilder) => readonly string[], options: SqlOptions, asMaps: boolean) {
  const { context = bareContext, now, merges = true } = options
  const builder = makeSqlBuilder(toSql, { context, now, merges, asMaps })
  return { builder, results: make(builder) }
}

/** Whether a leaf reads what the table by name does not have. */
function readsMore({ columns, eventColumns, rows }: CollectedSql): boolean {
  return [...columns.keys(), ...eventColumns.keys(), ...rows].some((text) =>
    /\b(?:context|type|source|timestamp|event_id|seq)\b|\b(?:properties|said)\b(?!\[)/.test(text),
  )
}

function wideSource(table: string) {
  const said = `multiIf(type = 'identify', properties, type = 'fact' and name = '${eventNames.profileUpdated}', JSONExtractRaw(properties, 'traits'), JSONExtractRaw(context, 'traits'))`
  return { table, columns: `least(timestamp, received_at) as at,\n      lane,\n      properties,\n      context,\n      ${said} as said` }
}

function narrowSource(table: string) {
  return { table, columns: 'at,\n      lane' }
}

export function toSql(condition: Condition, sql: SqlBuilder): string {
  return behaviourOf(condition).toSql(condition, sql)
}
