import { valueAt, type Json, type JsonObject, type TraitCondition } from '@throughline/contracts'
import type { Calendar } from '../calendar/index.ts'
import type { ConditionBehaviour, View } from './behaviour.ts'
import { compileComparison, comparisonToSql, dayOf, describeComparison } from './comparisons/index.ts'
import { latestToSql } from './latest-sql.ts'
import type { SqlBuilder } from './sql-builder.ts'

/** What is known of the person now, compared. A dotted name (`address.city`) looks into the trait. */
export const traitCondition: ConditionBehaviour<TraitCondition> = {
  compile({ trait, compare }, { context }) {
    const { test, nextChangeAt } = compileComparison(compare, context)
    return {
      leaves: [],
      traits: traitNames(trait),
      timed: nextChangeAt !== null,
      value: (view, now) => test(readTrait(view.traits, trait), now),
      nextChangeAt: nextChangeAt === null ? () => null : (view, now) => nextChangeAt(readTrait(view.traits, trait), now),
    }
  },

  toSql: ({ trait, compare }, sql) => comparisonToSql(compare, { json: traitToSql(trait, sql), clock: '{now:Int64}' }, sql),

  describe: ({ trait, compare }) => `${trait} ${describeComparison(compare)}`,

  children: () => [],
}

/** The day that a trait means by these clocks, as its number since 1970; null when it is none. */
export function dayOfTrait({ traits }: Pick<View, 'traits'>, trait: string, clocks: Calendar): number | null {
  return dayOf(readTrait(traits, trait), clocks)
}

/** The traits by which a name or dotted path may be found. */
export function traitNames(trait: string): readonly string[] {
  return trait.includes('.') ? [trait, trait.slice(0, trait.indexOf('.'))] : [trait]
}

/** The JSON text of a trait by its name or dotted path, as {@link readTrait} finds it; empty where there is none. */
export function traitToSql(trait: string, sql: SqlBuilder): string {
  const direct = traitColumn(trait, sql)
  if (!trait.includes('.')) return direct
  const [root, ...path] = trait.split('.')
  const parent = traitColumn(root!, sql)
  const nested = `JSONExtractRaw(${parent}, ${path.map((key) => sql.parameter('String', key)).join(', ')})`
  return sql.column(`if(${direct} != '', ${direct}, ${nested})`)
}

/**
 * The JSON text of a trait by its whole name, empty where there is none: the last word of the person's own events, and where that says
 * nothing, the last of all, also of profiles merged into this one.
 */
function traitColumn(name: string, sql: SqlBuilder): string {
  const said = sql.entry('said', name)
  sql.reads(`${sql.tells} and ${said} != ''`)
  if (!sql.merges) return latestToSql(said, `${said} != ''`, sql)
  const own = latestToSql(said, `own and ${said} != ''`, sql)
  const last = latestToSql(said, `${said} != ''`, sql)
  return sql.column(`if(${own} not in ('', 'null', '""'), ${own}, ${last})`)
}

/** The value of a trait by its name or dotted path; the full name comes before the path. */
export function readTrait(traits: View['traits'], name: string): Json | undefined {
  const direct = traits[name]
  if (direct !== undefined) return direct[0]
  const dot = name.indexOf('.')
  if (dot < 0) return undefined
  const root = traits[name.slice(0, dot)]?.[0]
  return isObject(root) ? valueAt(root, name.slice(dot + 1)) : undefined
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
