import type { ReactNode } from 'react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { More } from './more.tsx'
import { Failure, Pending, Stale } from './states.tsx'

interface PagedProps<T> {
  readonly query: UseInfiniteQueryResult<InfiniteData<{ readonly items: readonly T[] }>>
  /** Plural, as in "people": for the skeleton's name and the error's sentence. */
  readonly what: string
  /** Lines of the skeleton. */
  readonly rows?: number
  /** Shown where there is nothing. */
  readonly empty: ReactNode
  /** Shown when everything has been loaded. */
  readonly end?: string
  readonly children: (items: readonly T[]) => ReactNode
}

/** Shows a list that is loaded page by page: skeleton, error with retry, nothing, or what there is so far with its foot. */
export function Paged<T>({ query, what, rows = 6, empty, end, children }: PagedProps<T>) {
  if (query.data === undefined)
    return query.error !== null && !query.isFetching ? (
      <Failure error={query.error} what={what[0]?.toUpperCase() + what.slice(1)} retry={() => void query.refetch()} />
    ) : (
      <Pending what={what} rows={rows} />
    )
  const items = query.data.pages.flatMap((page) => page.items)
  if (items.length === 0) return empty
  return (
    <>
      <Stale query={query} />
      {children(items)}
      <More
        hasMore={query.hasNextPage}
        loading={query.isFetchingNextPage}
        error={query.isFetchNextPageError ? query.error : null}
        load={() => void query.fetchNextPage()}
        {...(end !== undefined && { end })}
      />
    </>
  )
}
