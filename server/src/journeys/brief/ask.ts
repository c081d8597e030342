import type { SqlQuery } from '@throughline/engine'

/** Asks history about everybody. Throws `history_unavailable` while ClickHouse is away. */
export interface AskHistory {
  rows<Row>(query: SqlQuery, signal?: AbortSignal): Promise<Row[]>
}
