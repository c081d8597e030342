import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { JourneyDraft } from '@throughline/contracts'
import { ask } from '../../../api/queries.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { When } from '../../../ui/when.tsx'
import { differencesOf } from '../model/differences.ts'
import { readDraft } from '../model/draft.ts'
import type { Draft } from '../model/draft.ts'
import type { Names } from '../steps/step-editor.ts'
import { DifferenceList } from './difference-list.tsx'

interface ConflictProps {
  readonly id: string
  readonly mine: Draft
  readonly names: Names
  readonly takeTheirs: (theirs: JourneyDraft) => void
  readonly keepMine: (theirs: JourneyDraft | null, newest: number) => void
  readonly leave: () => void
}

/** Somebody else has saved, published or discarded the draft: who, when, what differs, and what to do. It has to be decided. */
export function Conflict({ id, mine, names, takeTheirs, keepMine, leave }: ConflictProps) {
  const now = useQuery({ ...ask('journeyDraft', { params: { id } }), staleTime: 0, refetchOnMount: 'always' })
  return (
    <Dialog
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      title="Somebody else has changed this journey"
      size="lg"
    >
      <Loaded query={now} what="what they saved">
        {({ draft, newest }) =>
          draft === null ? (
            <div className="stack">
              <p>
                The draft was published or discarded meanwhile; {newest === 0 ? 'no version is live' : `version ${newest} is the newest`}.
                What you changed since is only here.
              </p>
              <div className="row" style={{ justifyContent: 'flex-end' }}>
                <Button variant="default" onClick={leave}>
                  Drop mine
                </Button>
                <Button onClick={() => keepMine(null, newest)}>Begin a new draft with mine</Button>
              </div>
            </div>
          ) : (
            <div className="stack">
              <p>
                <strong>{draft.savedBy}</strong> saved it at <When at={draft.savedAt} as="stamp" />. Nothing of yours has been lost or saved
                over theirs. Yours differs from theirs in this:
              </p>
              <DifferenceList differences={differencesOf(readDraft(draft.definition), mine, names)} same="Both say the same." />
              <div className="row" style={{ justifyContent: 'flex-end' }}>
                <Button variant="default" onClick={() => takeTheirs(draft)}>
                  Take theirs
                </Button>
                <Button onClick={() => keepMine(draft, newest)}>Keep mine</Button>
              </div>
              <p className="dim">If you take theirs, Undo brings yours back.</p>
            </div>
          )
        }
      </Loaded>
    </Dialog>
  )
}
