import { useQuery } from '@tanstack/react-query'
import type { JourneyDefinition } from '@throughline/contracts'
import { ask } from '../../api/queries.ts'

export type Which = 'draft' | 'live'

/**
 * The draft and the live version of a journey, and the one of them that is meant.
 * @param of which was asked for; the draft where it is left out, and the one that there is
 */
export function useDraftOrLive(id: string, of: Which | undefined) {
  const kept = useQuery({ ...ask('journeyDraft', { params: { id } }), staleTime: 0 })
  const live = useQuery({ ...ask('journey', { params: { id }, query: {} }), enabled: kept.data !== undefined && kept.data.newest > 0 })
  const found = { draft: kept.data?.draft?.definition, live: live.data?.definition }
  const which: Which = of !== undefined && found[of] !== undefined ? of : found.draft === undefined ? 'live' : 'draft'
  const definition = found[which] as JourneyDefinition | undefined
  return {
    which,
    /** Undefined: there is neither of them. */
    definition,
    hasBoth: found.draft !== undefined && found.live !== undefined,
    name: definition?.name ?? live.data?.name ?? '',
    error: kept.error ?? live.error,
    waits: kept.data === undefined || (kept.data.newest > 0 && live.isPending),
    retry: (): void => void (kept.error === null ? live : kept).refetch(),
  }
}
