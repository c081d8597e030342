import type { RfmThresholds } from '@throughline/contracts'
import { expressionsToSql, type SqlOptions } from '../sql.ts'
import type { SqlQuery } from '../sql-builder.ts'
import { figuresToSql, type Moment } from './figures.ts'
import { groupToSql, scoresToSql } from './to-sql.ts'

type Options = Omit<SqlOptions, 'now'>

/** ClickHouse SQL of everybody who has orders: `profile`, `last` (epoch ms), `orders`, `money` (ten-thousandths). */
export function rfmFiguresToSql(days: number | null, moment: Moment, options: Options): SqlQuery {
  const { sql, params } = expressionsToSql((builder) => ({ ...figuresToSql(days, builder, moment) }), { ...options, now: moment.knownAt })
  return { sql: `select * from (\n${sql}\n) where orders > 0`, params }
}

/** The thresholds of a moment, and the moment. */
export interface RfmStandAt {
  readonly thresholds: RfmThresholds
  readonly moment: Moment
}

/**
 * ClickHouse SQL of where people stood at each of these moments: `profile`, and for the first `recency_0`, `frequency_0`, `group_0` (its
 * id, empty for who had no orders) and `revenue_0` (ten-thousandths), for the next `recency_1` …
 */
export function rfmStandsToSql(stands: readonly RfmStandAt[], options: Options): SqlQuery {
  const now = Math.max(...stands.map(({ moment }) => moment.knownAt))
  return expressionsToSql(
    (sql) =>
      Object.fromEntries(
        stands.flatMap(({ thresholds, moment }, i) => {
          const scores = scoresToSql(thresholds, sql, moment)
          return [
            [`recency_${i}`, scores.recency],
            [`frequency_${i}`, scores.frequency],
            [`group_${i}`, `if(${scores.scored}, ${groupToSql(scores)}, '')`],
            [`revenue_${i}`, scores.revenue],
          ]
        }),
      ),
    { ...options, now },
  )
}
