import type { ClickHouse } from '../platform/clickhouse/index.ts'
import { isClickHouseAway, isHistoryMissing } from '../platform/clickhouse/index.ts'
import { makeFigure } from '../platform/figure/index.ts'
import type { SqlQuery } from '@throughline/engine'
import { historyUnavailable } from './errors.ts'

/** Asks history about everybody. */
export interface Asker {
  /** The rows of a query. Throws `history_unavailable` while ClickHouse is away or has no tables yet. */
  rows<Row>(query: SqlQuery, signal?: AbortSignal): Promise<Row[]>
  /** Whether any profile was ever merged into another: a question without merges spares a join over all events. */
  hasMerges(): Promise<boolean>
}

export function makeAsker(clickhouse: ClickHouse): Asker {
  async function rows<Row>({ sql, params }: SqlQuery, signal?: AbortSignal): Promise<Row[]> {
    try {
      const result = await clickhouse.query({
        query: sql,
        query_params: { ...params },
        format: 'JSONEachRow',
        ...(signal ? { abort_signal: signal } : {}),
      })
      return await result.json<Row>()
    } catch (error) {
      throw isClickHouseAway(error) || isHistoryMissing(error) ? historyUnavailable(error) : error
    }
  }
  const merges = makeFigure(async () => {
    const [found] = await rows<{ n: number }>({ sql: 'select count() as n from (select 1 from profile_overrides limit 1)', params: {} })
    return Number(found?.n ?? 0) > 0
  })
  return { rows, hasMerges: merges }
}
