import { useMemo, useState } from 'react'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import type { Condition, previewParts, RouteResponse } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { ApiFailure } from '../../../api/failure.ts'

type Answer = RouteResponse<'previewSegment'>

/** How long after the last change the server is asked, ms. */
const pause = 350

export interface Preview {
  /** What is shown: the estimate until the exact answer is there. An answer to an earlier state of the conditions stays until there is one to this. */
  readonly answer: Answer | undefined
  /** Whether an exact answer is still being worked out. */
  readonly counting: boolean
  readonly error: Error | null
  retry(): void
  /** Whether nothing was answered yet. */
  readonly empty: boolean
  /** Whether what is shown belongs to an earlier state of the conditions. */
  readonly late: boolean
}

/**
 * Who the condition means, asked a moment after the last change: first all of it as an estimate from some of the people; then, unless that
 * was exact already, exactly who and how many, and then exactly the rest. What is still being asked when the condition changes again is
 * called off. `where` is null while the condition is not finished: then the last answer stays.
 */
export function usePreview(where: Condition | null, id: string | null, overlap: readonly string[]): Preview {
  const text = where === null ? null : JSON.stringify(where)
  const [asked] = useDebouncedValue(text, pause)
  const condition = useMemo(() => (asked === null ? null : (JSON.parse(asked) as Condition)), [asked])
  const compared = overlap.length > 0 ? (['overlap'] as const) : []
  const first = question(condition, id, true, ['sample', 'reach', 'entrants', ...compared], overlap)
  const estimate = useQuery({ ...first, enabled: condition !== null, placeholderData: keepPreviousData })
  const estimated = estimate.isSuccess && !estimate.isPlaceholderData
  const more = estimated && !estimate.data.exact
  const size = useQuery({ ...question(condition, id, false, ['sample', ...compared], overlap), enabled: condition !== null && more })
  const rest = useQuery({
    ...question(condition, id, false, ['reach', 'entrants'], []),
    enabled: condition !== null && more && size.isSuccess,
  })
  const current = useMemo(() => {
    if (!estimated || size.data === undefined) return estimated ? estimate.data : undefined
    const { reach, entrants } = rest.data ?? estimate.data
    return { ...size.data, reach, entrants }
  }, [estimated, estimate.data, size.data, rest.data])
  // What was shown last stays while the next question is asked, be it an estimate or exact.
  const [shown, show] = useState<Answer>()
  if (current !== undefined && current !== shown) show(current)
  const answer = current ?? shown
  const failed = [estimate, size, rest].find((one) => one.error !== null)
  return {
    answer,
    counting: more && size.isFetching,
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
    empty: answer === undefined && estimate.isLoading,
    late: text !== asked || (!estimated && answer !== undefined && estimate.isFetching),
  }
}

function question(
  where: Condition | null,
  id: string | null,
  quick: boolean,
  parts: readonly (typeof previewParts)[number][],
  overlap: readonly string[],
) {
  return queryOptions<Answer>({
    queryKey: ['previewSegment', quick, where, id, parts, overlap],
    queryFn: ({ signal }) => {
      if (where === null) throw new Error('There is no condition to ask about.')
      return call(
        'previewSegment',
        { body: { where, quick, parts: [...parts], overlap: [...overlap], ...(id !== null && { id }) } },
        signal,
      )
    },
    staleTime: 30_000,
    retry: (count, error) => count < 1 && !(error instanceof ApiFailure && error.kind === 'refused'),
  })
}
