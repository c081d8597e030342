import { Button, Modal } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { RouteResponse } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import type { Format } from '../../../format/format.ts'
import { Action } from '../../../ui/action.tsx'
import { Failure, Loaded } from '../../../ui/states.tsx'
import { differencesOf } from '../model/differences.ts'
import { inFull } from '../model/draft.ts'
import type { Draft } from '../model/draft.ts'
import type { Names } from '../steps/step-editor.ts'
import { DifferenceList } from './difference-list.tsx'

type Answer = RouteResponse<'publishJourneyDraft'>

interface PublishProps {
  readonly draft: Draft
  readonly names: Names
  readonly revision: number
  readonly close: () => void
  readonly published: (answer: Answer) => void
}

/** What publishing would change and for whom, before it is done. */
export function PublishDialog({ draft, names, revision, close, published }: PublishProps) {
  const format = useFormat()
  const { id } = draft
  const dry = useQuery({
    queryKey: ['publishJourneyDraft', 'dry', id, revision],
    queryFn: async () => {
      const { newest } = await call('journeyDraft', { params: { id } })
      const [answer, live] = await Promise.all([
        call('publishJourneyDraft', { params: { id }, body: { revision, onto: newest, dryRun: true } }),
        newest === 0 ? null : call('journey', { params: { id }, query: {} }),
      ])
      return { newest, answer, live: live?.definition ?? null }
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const go = useMutation({
    mutationFn: (onto: number) => call('publishJourneyDraft', { params: { id }, body: { revision, onto } }),
    onSuccess: published,
  })
  return (
    <Modal opened onClose={close} title={`Publish “${draft.name}”`} size="lg">
      <Loaded query={dry} what="what publishing would change">
        {({ newest, answer, live }) => (
          <div className="stack">
            <p>{consequence(answer, newest, format)}</p>
            {live === null ? null : (
              <DifferenceList differences={differencesOf(inFull(live), draft, names)} same={`Nothing differs from version ${newest}.`} />
            )}
            {go.error === null ? null : <Failure error={go.error} />}
            <div className="row" style={{ justifyContent: 'flex-end' }}>
              <Button variant="default" onClick={close}>
                Go on editing
              </Button>
              <Action
                route="publishJourneyDraft"
                loading={go.isPending}
                blocked={answer.change === 'unchanged' ? `Nothing differs from version ${newest}. Discard the draft instead.` : undefined}
                onClick={() => go.mutate(newest)}
              >
                {newest === 0 ? 'Publish and start' : `Publish version ${answer.version}`}
              </Action>
            </div>
          </div>
        )}
      </Loaded>
    </Modal>
  )
}

/** `38 people inside stay on version 2; new entrants take version 3.` */
function consequence({ change, version, inside }: Answer, newest: number, format: Format): string {
  if (change === 'unchanged') return 'The draft says the same as what is live.'
  if (newest === 0) return 'It begins at once: whoever does what starts it from now on enters. Nobody enters for what they did before.'
  const staying = inside
    .filter(({ people }) => people > 0)
    .map(
      (one) => `${counted(format, one.people, 'person', 'people')} inside ${one.people === 1 ? 'stays' : 'stay'} on version ${one.version}`,
    )
  return `${staying.length === 0 ? 'Nobody is inside' : staying.join(', ')}; new entrants take version ${version}.`
}
