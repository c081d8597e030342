import { infiniteQueryOptions, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query'
import type { RouteName, RouteResponse } from '@throughline/contracts'
import { call } from './client.ts'
import type { CallInput } from './client.ts'
import { ApiFailure } from './failure.ts'

/** The cache of answers. Whoever is signed out becomes so everywhere, at the first 401. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (error instanceof ApiFailure && error.status === 401 && query.queryKey[0] !== 'me')
        void queryClient.resetQueries({ queryKey: ['me'] })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) =>
        count < 1 && !(error instanceof ApiFailure && (error.kind === 'refused' || error.kind === 'unexpected-answer')),
      retryDelay: 600,
    },
  },
})

/** A query of one route: its key is the route's name and its input. */
export function ask<N extends RouteName>(name: N, input: CallInput<N>) {
  return queryOptions<RouteResponse<N>>({ queryKey: [name, input], queryFn: ({ signal }) => call(name, input, signal) })
}

type PagedName =
  | 'people'
  | 'messages'
  | 'rejectedEvents'
  | 'shopEvents'
  | 'timeline'
  | 'journeyPeople'
  | 'auditLog'
  | 'forgets'
  | 'listMembers'
  | 'segmentMembers'
  | 'segmentChanges'
  | 'imports'
  | 'importErrors'
  | 'pullRuns'
  | 'givenCodes'
  | 'tasks'
  | 'formSubmissions'

/** A query of a paged route that loads page after page; `query` carries no cursor. */
export function askPages<N extends PagedName>(name: N, input: CallInput<N>) {
  return infiniteQueryOptions({
    queryKey: [name, 'pages', input],
    queryFn: ({ signal, pageParam }) => call(name, withCursor(input, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: RouteResponse<N>) => last.next,
  })
}

function withCursor<N extends PagedName>(input: CallInput<N>, cursor: string | null): CallInput<N> {
  const loose: { readonly query?: Record<string, unknown> } = input
  return { ...input, query: { ...loose.query, cursor: cursor ?? undefined } }
}
