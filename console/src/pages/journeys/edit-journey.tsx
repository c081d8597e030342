import { useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import { ask } from '../../api/queries.ts'
import { Page } from '../../ui/page.tsx'
import { Failure, Pending } from '../../ui/states.tsx'
import { Editor } from './editor/editor.tsx'
import type { Beginning } from './editor/use-draft.ts'
import { inFull, readDraft } from './model/draft.ts'

/** The editor of a journey, once it is known what it begins with: the draft that is kept, or the newest version. */
export function EditJourney() {
  const { id } = useParams({ from: '/app/journeys/$id/edit' })
  // Read once: from here on the editor knows what it has saved, and asks itself what others have.
  const beginning = useQuery({
    queryKey: ['journey-to-edit', id],
    queryFn: ({ signal }) => begin(id, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const published = useQuery({ ...ask('definitions', {}), staleTime: 30_000 })
  if (beginning.data !== undefined && published.data !== undefined)
    return <Editor key={id} beginning={beginning.data} published={published.data.items.map(({ definition }) => definition)} />
  const failed = [beginning, published].filter((query) => query.data === undefined && query.error !== null && !query.isFetching)
  return (
    <Page title="Edit a journey">
      {failed[0] === undefined ? (
        <Pending what="this journey" rows={7} height={70} />
      ) : (
        <Failure error={failed[0].error} what="This journey" retry={() => failed.forEach((query) => void query.refetch())} />
      )}
    </Page>
  )
}

async function begin(id: string, signal: AbortSignal): Promise<Beginning> {
  const { draft, newest } = await call('journeyDraft', { params: { id } }, signal)
  if (draft !== null) return { id, draft: readDraft(draft.definition), kept: draft, newest }
  if (newest === 0)
    throw new ApiFailure({
      kind: 'refused',
      request: `GET /api/journeys/${id}`,
      status: 404,
      message: 'no such journey',
      answer: { code: 'journey_unknown', message: `There is no journey “${id}”, and no draft of one.` },
    })
  const { definition } = await call('journey', { params: { id }, query: {} }, signal)
  return { id, draft: inFull(definition), kept: null, newest }
}
