import { eventNames, type Condition } from '@throughline/contracts'
import { nobody } from './behaviour.ts'
import { compileCondition } from './compile.ts'
import { bareContext, type ConditionContext } from './context.ts'
import { behaviourOf } from './registry.ts'
import { makeSqlBuilder, type SqlBuilder, type SqlQuery } from './sql-builder.ts'

export interface SqlOptions {
  /** The instant to answer for, epoch ms: what was received later is not seen. */
  readonly now: number
  /** The definitions that conditions name, and the zone whose days they mean; default: none, UTC. */
  readonly context?: ConditionContext
  /** Tables of another name, such as those of a cluster; default `events` and `profile_overrides`. Not user text. */
  readonly tables?: { readonly events: string; readonly overrides: string }
  /** Only profiles of these shards; default all. */
  readonly shards?: { readonly from: number; readonly to: number }
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

/*
 * The inner query has one row per profile and one column per leaf. It reads each event once: overrides send the events of a
 * merged profile to its winner, `at` is the one time that conditions go by, `said` the traits that the event tells.
 * Rows that no leaf reads are skipped, unless the condition holds for somebody who did nothing: then everybody is in question.
 */
function build(conditions: readonly Condition[], options: SqlOptions) {
  const context = options.context ?? bareContext
  const builder = makeSqlBuilder(toSql, { context, now: options.now })
  const results = conditions.map((condition) => toSql(condition, builder))
  const events = options.tables?.events ?? 'events'
  const overrides = options.tables?.overrides ?? 'profile_overrides'
  const bounds = ['received_at <= {now:Int64}']
  if (options.shards !== undefined) {
    bounds.push(`shard between ${builder.parameter('Int64', options.shards.from)} and ${builder.parameter('Int64', options.shards.to)}`)
  }
  if (!conditions.some((condition) => compileCondition(condition, context).value(nobody, options.now))) {
    bounds.push(`(${[...builder.rows].map((rows) => `(${rows})`).join(' or ')})`)
  }
  const columns = [...builder.columns].map(([aggregate, name]) => `${aggregate} as ${name}`)
  const inner = `  select ${['toString(person) as profile', ...columns].join(',\n    ')}
  from (
    select
      if(o.merged = 1, o.winner, e.profile_id) as person,
      o.merged = 0 as own,
      name,
      properties,
      least(timestamp, received_at) as at,
      multiIf(type = 'identify', properties, type = 'fact' and name = '${eventNames.profileUpdated}', JSONExtractRaw(properties, 'traits'), JSONExtractRaw(context, 'traits')) as said
    from ${events} as e
    global left join (select loser, winner, 1 as merged from ${overrides}) as o on e.profile_id = o.loser
    where ${bounds.join('\n      and ')}
  )
  group by person`
  return { inner, results, params: { ...builder.params, now: options.now } }
}

function toSql(condition: Condition, sql: SqlBuilder): string {
  return behaviourOf(condition).toSql(condition, sql)
}
