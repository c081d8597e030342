import { isHistoryMissing, isMemoryShort } from '../platform/clickhouse/index.ts'
import { Failure } from '../platform/http/index.ts'

/** What is refused about segments; each code is documented in docs/errors.md. */
export class SegmentError extends Failure<
  'segment_unknown' | 'segment_condition_invalid' | 'suggestion_incomplete' | 'history_unavailable'
> {}

export function unknownSegment(id: string, field = 'id'): SegmentError {
  return new SegmentError('not-found', 'segment_unknown', `There is no segment "${id}". The list of segments shows those there are.`, {
    field,
    value: id,
  })
}

/** ClickHouse, which answers about everybody, is away, has no tables yet, or has not the memory for the question. */
export function historyUnavailable(cause: unknown): SegmentError {
  const why = isMemoryShort(cause)
    ? 'This question about everybody needs more memory than ClickHouse may use for one at the moment.'
    : isHistoryMissing(cause)
      ? 'Questions about everybody cannot be answered at the moment, since a worker has yet to make the tables of history in ClickHouse.'
      : 'Questions about everybody cannot be answered at the moment, since ClickHouse cannot be reached.'
  return new SegmentError(
    'unavailable',
    'history_unavailable',
    `${why} Events, journeys and messages go on meanwhile; try again in a minute.`,
    { retryAfter: 10, cause },
  )
}
