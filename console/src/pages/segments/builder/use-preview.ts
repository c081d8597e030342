import { useMemo } from 'react'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { previewParts } from '@throughline/contracts'
import type { Condition, RouteResponse } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { ApiFailure } from '../../../api/failure.ts'

type Answer = RouteResponse<'previewSegment'>

/** How long after the last change the server is asked, ms. */
const pause = 350

export interface Preview {
  /** The size alone, which comes first. */
  readonly size: UseQueryResult<Answer>
  /** Everything else. */
  readonly rest: UseQueryResult<Answer>
  /** Whether what is shown belongs to an earlier state of the conditions. */
  readonly late: boolean
}

/**
 * Who the condition means, asked a moment after the last change: first how many, then the rest. What is still being asked when the
 * condition changes again is called off. `where` is null while the condition is not finished: then the last answer stays.
 */
export function usePreview(where: Condition | null, id: string | null, overlap: readonly string[]): Preview {
  const text = where === null ? null : JSON.stringify(where)
  const [asked] = useDebouncedValue(text, pause)
  const condition = useMemo(() => (asked === null ? null : (JSON.parse(asked) as Condition)), [asked])
  const size = useQuery({ ...question(condition, id, true, []), enabled: condition !== null })
  const known = size.isSuccess && !size.isPlaceholderData
  const rest = useQuery({ ...question(condition, id, false, overlap), enabled: condition !== null && known })
  return { size, rest, late: text !== asked || size.isPlaceholderData || (size.isFetching && size.data !== undefined) }
}

function question(where: Condition | null, id: string | null, quick: boolean, overlap: readonly string[]) {
  return queryOptions<Answer>({
    queryKey: ['previewSegment', quick, where, id, overlap],
    queryFn: ({ signal }) => {
      if (where === null) throw new Error('There is no condition to ask about.')
      const parts = quick ? [] : previewParts.filter((part) => part !== 'overlap' || overlap.length > 0)
      return call('previewSegment', { body: { where, quick, parts, overlap: [...overlap], ...(id !== null && { id }) } }, signal)
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: (count, error) => count < 1 && !(error instanceof ApiFailure && error.kind === 'refused'),
  })
}
