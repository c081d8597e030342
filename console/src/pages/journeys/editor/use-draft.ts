import { useEffect, useMemo, useReducer, useState } from 'react'
import type { JourneyDraft } from '@throughline/contracts'
import { call } from '../../../api/client.ts'
import { queryClient } from '../../../api/queries.ts'
import { readDraft, writeDraft } from '../model/draft.ts'
import type { Draft } from '../model/draft.ts'
import { beginEditing, edit } from '../model/editing.ts'
import type { Edit, Editing } from '../model/editing.ts'
import { makeSaver } from './saver.ts'
import type { SaveState } from './saver.ts'

/** What the editor begins with: a draft that is kept, or the newest version, of which a draft begins with the first change. */
export interface Beginning {
  readonly id: string
  readonly draft: Draft
  readonly kept: JourneyDraft | null
  /** The newest published version; 0 for none. */
  readonly newest: number
}

interface EditedDraft {
  readonly editing: Editing
  readonly send: (by: Edit) => void
  readonly saving: SaveState
  /** The revision that was last saved from here; 0 while there is no draft. */
  readonly revision: () => number
  readonly flush: () => Promise<boolean>
  /** Goes on with what somebody else has saved, which can be undone, … */
  readonly takeTheirs: (theirs: JourneyDraft) => void
  /** … or saves over it; `null` begins a new draft where theirs was published or discarded. */
  readonly keepMine: (theirs: JourneyDraft | null, newest: number) => void
}

const textOf = (draft: Draft): string => JSON.stringify(writeDraft(draft))

/** A draft that is edited, and kept by itself. */
export function useDraft({ id, draft: begin, kept, newest }: Beginning): EditedDraft {
  const [editing, send] = useReducer(edit, begin, beginEditing)
  const [saving, tell] = useState<SaveState>({ kind: 'saved', at: kept?.savedAt ?? null })
  const [saver] = useState(() =>
    makeSaver({
      revision: kept?.revision ?? 0,
      kept: textOf(begin),
      savedAt: kept?.savedAt ?? null,
      basedOn: kept?.basedOn ?? newest,
      tell,
      save: async (text, revision, basedOn) => {
        const definition = JSON.parse(text) as JourneyDraft['definition']
        if (revision > 0) return call('saveJourneyDraft', { params: { id }, body: { definition, revision } })
        const saved = await call('beginJourneyDraft', { body: { definition, basedOn } })
        void queryClient.invalidateQueries({ queryKey: ['journeyDrafts'] })
        return saved
      },
    }),
  )
  const text = useMemo(() => textOf(editing.draft), [editing.draft])
  useEffect(() => saver.change(text), [saver, text])
  useEffect(() => () => saver.stop(), [saver])
  return {
    editing,
    send,
    saving,
    revision: saver.revision,
    flush: saver.flush,
    takeTheirs(theirs) {
      const draft = readDraft(theirs.definition)
      saver.change(textOf(draft))
      saver.resume(theirs.revision, textOf(draft), theirs.savedAt, theirs.basedOn)
      send({ kind: 'take', draft, news: `What ${theirs.savedBy} saved is here now. Undo brings yours back.` })
    },
    keepMine(theirs, version) {
      // Whatever they keep, what is here differs from it, or there would be nothing to decide.
      if (theirs === null) saver.resume(0, '', null, version)
      else saver.resume(theirs.revision, textOf(readDraft(theirs.definition)), theirs.savedAt, theirs.basedOn)
    },
  }
}
