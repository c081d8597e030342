import { rfmGroups, type RfmThresholds } from '@throughline/contracts'
import type { SqlBuilder } from '../sql-builder.ts'
import { figuresToSql, type Moment } from './figures.ts'
import type { RfmScores } from './scores.ts'

/** Scores as ClickHouse expressions over the rows of a person, and whether they have any. */
export function scoresToSql(
  thresholds: RfmThresholds,
  sql: SqlBuilder,
  moment: Moment,
): { readonly [K in keyof RfmScores]: string } & { readonly scored: string; readonly revenue: string } {
  const { last, orders, money } = figuresToSql(thresholds.days, sql, moment)
  const count = (figure: string, op: '<' | '>', each: readonly number[]): string =>
    each.map((value) => `(${figure} ${op} ${sql.parameter('Int64', value)})`).join(' + ')
  return {
    scored: `${orders} > 0`,
    recency: `5 - (${count(last, '<', thresholds.recency)})`,
    frequency: `1 + ${count(orders, '>', thresholds.frequency)}`,
    money: `1 + ${count(money, '>', thresholds.money)}`,
    revenue: money,
  }
}

/** The name of a group by its cell, as a ClickHouse expression over scores. */
export function groupToSql({ recency, frequency }: { readonly recency: string; readonly frequency: string }): string {
  const cases = rfmGroups.map(({ id, cells }) => `(${cellToSql({ recency, frequency })}) in (${cells.join(', ')}), '${id}'`)
  return `multiIf(${cases.join(', ')}, '')`
}

export function cellToSql({ recency, frequency }: { readonly recency: string; readonly frequency: string }): string {
  return `(${recency}) * 10 + (${frequency})`
}
