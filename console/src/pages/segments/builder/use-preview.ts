import { useMemo, useState } from 'react'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { previewParts } from '@throughline/contracts'
import type { Condition, RouteResponse } from '@throughline/contracts'
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
 * Who the condition means, asked a moment after the last change: first all of it as an estimate from some of the people, then exactly,
 * unless the estimate was exact already. What is still being asked when the condition changes again is called off. `where` is null while
 * the condition is not finished: then the last answer stays.
 */
export function usePreview(where: Condition | null, id: string | null, overlap: readonly string[]): Preview {
  const text = where === null ? null : JSON.stringify(where)
  const [asked] = useDebouncedValue(text, pause)
  const condition = useMemo(() => (asked === null ? null : (JSON.parse(asked) as Condition)), [asked])
  const estimate = useQuery({ ...question(condition, id, true, overlap), enabled: condition !== null, placeholderData: keepPreviousData })
  const estimated = estimate.isSuccess && !estimate.isPlaceholderData
  const final = estimated && estimate.data.exact
  const exact = useQuery({ ...question(condition, id, false, overlap), enabled: condition !== null && estimated && !final })
  // What was shown last stays while the next question is asked, be it an estimate or exact.
  const [shown, show] = useState<Answer>()
  const answer = exact.data ?? (estimated ? estimate.data : (shown ?? estimate.data))
  if (answer !== shown) show(answer)
  return {
    answer,
    counting: estimated && !final && exact.isFetching,
    error: estimate.error ?? exact.error,
    retry: () => void (estimate.error === null ? exact.refetch() : estimate.refetch()),
    empty: answer === undefined && estimate.isLoading,
    late:
      text !== asked || (exact.data === undefined && (estimate.isPlaceholderData || (estimate.isFetching && estimate.data !== undefined))),
  }
}

function question(where: Condition | null, id: string | null, quick: boolean, overlap: readonly string[]) {
  return queryOptions<Answer>({
    queryKey: ['previewSegment', quick, where, id, overlap],
    queryFn: ({ signal }) => {
      if (where === null) throw new Error('There is no condition to ask about.')
      const parts = previewParts.filter((part) => part !== 'overlap' || overlap.length > 0)
      return call('previewSegment', { body: { where, quick, parts, overlap: [...overlap], ...(id !== null && { id }) } }, signal)
    },
    staleTime: 30_000,
    retry: (count, error) => count < 1 && !(error instanceof ApiFailure && error.kind === 'refused'),
  })
}
