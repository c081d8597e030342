import { useState } from 'react'
import { Button, Radio } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { JourneyState, RouteResponse } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { counted } from '../../../format/format.ts'
import { useFormat } from '../../../format/use-format.ts'
import type { Format } from '../../../format/format.ts'
import { Action } from '../../../ui/action.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Failure, Loaded } from '../../../ui/states.tsx'
import { differencesOf } from '../model/differences.ts'
import { inFull } from '../model/draft.ts'
import type { Draft } from '../model/draft.ts'
import { movesOf, proposedLines, sumOf } from '../model/moves.ts'
import type { MoveLine, Standing } from '../model/moves.ts'
import type { Names } from '../steps/step-editor.ts'
import { DifferenceList } from './difference-list.tsx'
import { MoveLines } from './move-lines.tsx'

type Answer = RouteResponse<'publishJourneyDraft'>

interface PublishProps {
  readonly draft: Draft
  readonly names: Names
  readonly revision: number
  readonly close: () => void
  readonly published: (answer: Answer, state: JourneyState) => void
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
      const standing = await Promise.all(
        answer.inside
          .filter(({ people }) => people > 0)
          .map(async ({ version, steps }): Promise<Standing> => {
            const of = version === newest && live !== null ? live : await call('journey', { params: { id }, query: { version } })
            return { version, definition: of.definition, steps }
          }),
      )
      return { newest, answer, live: live?.definition ?? null, state: live?.state ?? 'live', standing }
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [moving, setMoving] = useState(false)
  const [changed, setChanged] = useState<readonly MoveLine[] | null>(null)
  const lines = changed ?? proposedLines(dry.data?.standing ?? [], draft)
  const open = moving && lines.some(({ fate }) => fate.kind === 'open')
  const go = useMutation({
    mutationFn: (onto: number) =>
      call('publishJourneyDraft', { params: { id }, body: { revision, onto, moves: moving ? movesOf(lines) : [] } }),
    onSuccess: (answer) => published(answer, dry.data?.state ?? 'live'),
  })
  return (
    <Dialog opened onClose={close} title={`Publish “${draft.name}”`} size="lg">
      <Loaded query={dry} what="what publishing would change">
        {({ newest, answer, live, state, standing }) => (
          <div className="stack">
            <p>{consequence(answer, newest, state, format)}</p>
            {standing.length === 0 || answer.change === 'unchanged' ? null : (
              <Radio.Group label="People inside" value={moving ? 'move' : 'stay'} onChange={(value) => setMoving(value === 'move')}>
                <div className="stack" style={{ gap: 6, marginTop: 6 }}>
                  <Radio value="stay" label="finish on the version on which they are" />
                  <Radio value="move" label={`move to version ${answer.version}`} />
                </div>
              </Radio.Group>
            )}
            {moving ? (
              <>
                <MoveLines draft={draft} standing={standing} lines={lines} onChange={setChanged} />
                <p className="soft">
                  {moveWords(lines, format)} Who waits goes on waiting until the same instant: then a step that waits is over, and any other
                  is done.
                </p>
              </>
            ) : null}
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
                blocked={
                  answer.change === 'unchanged'
                    ? `Nothing differs from version ${newest}. Discard the draft instead.`
                    : open
                      ? 'Say first where everybody goes.'
                      : undefined
                }
                onClick={() => go.mutate(newest)}
              >
                {newest === 0 ? 'Publish and start' : `Publish version ${answer.version}`}
              </Action>
            </div>
          </div>
        )}
      </Loaded>
    </Dialog>
  )
}

/** `38 people inside are on version 2; new entrants take version 3.` */
function consequence({ change, version, inside }: Answer, newest: number, state: JourneyState, format: Format): string {
  if (change === 'unchanged') return `The draft says the same as version ${newest}.`
  if (newest === 0) return 'It begins at once: whoever does what starts it from now on enters. Nobody enters for what they did before.'
  const people = inside
    .filter((one) => one.people > 0)
    .map((one) => `${counted(format, one.people, 'person', 'people')} inside ${one.people === 1 ? 'is' : 'are'} on version ${one.version}`)
  const enter =
    state === 'live'
      ? `new entrants take version ${version}`
      : `nobody comes in while the journey is ${state}; from its resumption on new entrants take version ${version}`
  return `${people.length === 0 ? 'Nobody is inside' : people.join(', ')}; ${enter}.`
}

function moveWords(lines: readonly MoveLine[], format: Format): string {
  const { moved, left, stay } = sumOf(lines)
  const parts = [
    `${counted(format, moved, 'person', 'people')} ${moved === 1 ? 'moves' : 'move'}`,
    ...(left === 0 ? [] : [`${format.number(left)} ${left === 1 ? 'leaves' : 'leave'}`]),
    ...(stay === 0 ? [] : [`${format.number(stay)} ${stay === 1 ? 'stays' : 'stay'}`]),
  ]
  return `${parts.join(', ')}.`
}
