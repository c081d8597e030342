import { useMemo, useState } from 'react'
import { useDebouncedValue } from '@mantine/hooks'
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { CampaignDefinition, CampaignEstimate, Condition } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { ApiFailure } from '../../../api/failure.ts'
import { definitionOf, everybody } from './draft.ts'
import type { CampaignDraft } from './draft.ts'

/** How long after the last change the server is asked, ms. */
const pause = 400

/** What a new campaign is called while it is estimated. */
const unpublished = 'estimate-of-a-new-campaign'

export interface Estimate {
  /** The latest answer; one to an earlier state of the draft stays until there is one to this. */
  readonly answer: CampaignEstimate | undefined
  /** Whether what is shown does not belong to the draft as it is: it is being counted. */
  readonly counting: boolean
  readonly error: Error | null
  retry(): void
}

/**
 * How many a draft reaches on its channel, what that costs, and who else writes to them, asked a moment after each change that matters.
 * @param id of the campaign, which is no other one to itself; null: it is new
 */
export function useEstimate(draft: CampaignDraft, id: string | null): Estimate {
  // Name and purpose in words change nothing, and are to be given last, if somebody likes.
  const definition = useMemo(() => definitionOf({ ...draft, name: 'Estimate', description: '' }, id ?? unpublished), [draft, id])
  const text = definition === null ? null : JSON.stringify(definition)
  const [asked] = useDebouncedValue(text, pause)
  const found = useQuery(question(asked))
  const [last, keep] = useState<CampaignEstimate>()
  if (found.data !== undefined && found.data !== last) keep(found.data)
  // What was counted for an earlier state says nothing of one that could not be counted.
  const error = text === asked ? found.error : null
  return {
    answer: text === null || error !== null ? undefined : (found.data ?? last),
    counting: text !== null && (text !== asked || found.isFetching),
    error,
    retry: () => void found.refetch(),
  }
}

function question(text: string | null) {
  return queryOptions<CampaignEstimate>({
    queryKey: ['estimateCampaign', text],
    enabled: text !== null,
    queryFn: ({ signal }) => call('estimateCampaign', { body: { definition: JSON.parse(text ?? '') as CampaignDefinition } }, signal),
    staleTime: 60_000,
    retry: (count, error) => count < 1 && !(error instanceof ApiFailure && error.kind === 'refused'),
  })
}

/** Who is meant, as a condition; null while nobody is chosen. */
export function conditionOf({ segment, except }: Pick<CampaignDraft, 'segment' | 'except'>): Condition | null {
  if (segment === '') return null
  // A share of them all, drawn from 0 to 100 of 100.
  const all: Condition = segment === everybody ? { kind: 'random', salt: 'everybody', from: 0, to: 100 } : { kind: 'segment', segment }
  if (except.length === 0) return all
  return { kind: 'all', of: [all, { kind: 'not', of: { kind: 'any', of: except.map((id) => ({ kind: 'segment', segment: id })) } }] }
}
