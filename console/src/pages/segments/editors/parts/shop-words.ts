import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ContextField, Suggestions } from '@throughline/contracts'
import { ask } from '../../../../api/queries.ts'
import type { ValueType } from './comparisons.ts'

/** Which words of the shop's own data are wanted. */
export type Wanted =
  | { readonly of: 'events' }
  /** `under`: of the elements of a list, `products[].`; their paths begin behind it. */
  | { readonly of: 'properties'; readonly event: string; readonly under?: string }
  | { readonly of: 'values'; readonly event: string; readonly path: string }
  | { readonly of: 'traits' }
  | { readonly of: 'trait-values'; readonly path: string }
  | { readonly of: 'context-values'; readonly field: ContextField }

export type Word = Suggestions['items'][number]
const none: readonly Word[] = []
const noTypes: readonly ValueType[] = []

/** Words of the shop's own data that contain what has been typed, most frequent first; none while there is no answer. */
export function useShopWords(wanted: Wanted | null, search: string): readonly Word[] {
  const [typed] = useDebouncedValue(search, 200)
  const { under = '', ...query } = wanted?.of === 'properties' ? wanted : { ...(wanted ?? ({ of: 'events' } as const)), under: '' }
  const words = useQuery({
    ...ask('suggestions', { query: { ...query, search: typed === '' ? under : typed, limit: under === '' ? 50 : 200 } }),
    enabled: wanted !== null && isWhole(wanted),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  const items = words.data?.items ?? none
  if (under === '') return items
  return items.flatMap((word) => {
    const path = String(word.value)
    return path.startsWith(under) ? { ...word, value: path.slice(under.length) } : []
  })
}

/** The types that have been seen under a trait or property, most frequent first; empty while none is known. */
export function useTypes(wanted: Extract<Wanted, { of: 'properties' | 'traits' }>, path: string): readonly ValueType[] {
  const words = useShopWords(path === '' ? null : wanted, path)
  return words.find((one) => one.value === path)?.types ?? noTypes
}

/** There is nothing to suggest of an event or a path that has no name yet. */
function isWhole(wanted: Wanted): boolean {
  return !('event' in wanted && wanted.event === '') && !('path' in wanted && wanted.path === '')
}
