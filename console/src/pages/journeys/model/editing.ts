import type { Step } from '@throughline/contracts'
import { editorOfStep } from '../steps/registry.ts'
import type { Port } from '../steps/step-editor.ts'
import type { Piece } from './blocks.ts'
import type { Draft } from './draft.ts'
import type { Edge } from './edges.ts'
import { connect, insertPiece, insertStep, moveStep, removeStep } from './graph-edits.ts'
import type { Edited } from './graph-edits.ts'

/** Where the focus goes: a step, the entry, or the first field of the panel beside it. */
export interface FocusWish {
  readonly on: string | 'entry'
  readonly part: 'step' | 'field'
}

/**
 * The draft with what can be undone and redone. Edits of the same thing within a second are one, so that undo takes back words and
 * not letters. `news` is what a screen reader is told.
 */
export interface Editing {
  readonly past: readonly Draft[]
  readonly draft: Draft
  readonly future: readonly Draft[]
  readonly last: { readonly what: string; readonly at: number } | null
  readonly focus: FocusWish | null
  readonly news: string
}

/** What a journey says besides its steps; `undefined` takes a part away. */
export type Rules = { readonly [K in Exclude<keyof Draft, 'steps' | 'start' | 'id' | 'kind'>]?: Draft[K] | undefined }

export type Edit =
  /** The parts of the draft that are not steps; `what` names the field. */
  | {
      readonly kind: 'say'
      readonly what: string
      readonly draft: Rules
      readonly at: number
    }
  | { readonly kind: 'change'; readonly id: string; readonly step: Step; readonly at: number }
  | { readonly kind: 'insert'; readonly edge: Edge; readonly step: Step }
  | { readonly kind: 'paste'; readonly edge: Edge; readonly piece: Piece }
  | { readonly kind: 'remove'; readonly id: string; readonly keep?: Port | undefined }
  | { readonly kind: 'move'; readonly id: string; readonly edge: Edge }
  | { readonly kind: 'connect'; readonly edge: Edge; readonly to: string | undefined }
  /** What somebody else has saved. */
  | { readonly kind: 'take'; readonly draft: Draft; readonly news: string }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }

/** How many edits can be undone. */
const kept = 200
/** Edits of the same thing within so many ms are one. */
const together = 1_000

export const beginEditing = (draft: Draft): Editing => ({ past: [], draft, future: [], last: null, focus: null, news: '' })

/** The editing after an edit; an edit that cannot be done changes nothing but says why. */
export function edit(editing: Editing, by: Edit): Editing {
  const { draft, past, future } = editing
  switch (by.kind) {
    case 'say':
      return changed(editing, withParts(draft, by.draft), '', null, { what: by.what, at: by.at })
    case 'change':
      if (draft.steps[by.id] === undefined) return editing
      return changed(editing, { ...draft, steps: { ...draft.steps, [by.id]: by.step } }, '', null, { what: `step ${by.id}`, at: by.at })
    case 'insert':
      return done(
        editing,
        insertStep(draft, by.edge, by.step),
        'Added.',
        'A step without a way out cuts off what follows. Add it where a way ends.',
        'field',
      )
    case 'paste':
      return done(
        editing,
        insertPiece(draft, by.edge, by.piece),
        'Pasted.',
        'What was copied has no way out and would cut off what follows.',
      )
    case 'remove': {
      const next = removeStep(draft, by.id, by.keep)
      const gone = Object.keys(draft.steps).length - Object.keys(next.draft.steps).length
      return gone === 0
        ? editing
        : done(editing, next, gone === 1 ? 'Removed. Undo brings it back.' : `Removed ${gone} steps. Undo brings them back.`, '')
    }
    case 'move':
      return done(editing, moveStep(draft, by.id, by.edge), 'Moved.', 'It stands there already.')
    case 'connect': {
      const next = connect(draft, by.edge, by.to)
      const title = by.to === undefined ? undefined : titleOf(draft, by.to)
      return done(
        editing,
        next === null ? null : { ...next, step: undefined },
        title === undefined ? 'The way ends there now.' : `Now leads to ${title}.`,
        'It leads there already.',
      )
    }
    case 'take':
      return changed(editing, by.draft, by.news)
    case 'undo': {
      const before = past.at(-1)
      if (before === undefined) return { ...editing, news: 'There is nothing to undo.' }
      return { past: past.slice(0, -1), draft: before, future: [draft, ...future], last: null, focus: null, news: 'Undone.' }
    }
    case 'redo': {
      const [next, ...rest] = future
      if (next === undefined) return { ...editing, news: 'There is nothing to do again.' }
      return { past: [...past, draft], draft: next, future: rest, last: null, focus: null, news: 'Done again.' }
    }
    default:
      return by satisfies never
  }
}

/** The name of a step: its author's, or else that of its kind. */
export function titleOf(draft: Pick<Draft, 'steps'>, id: string): string {
  const step = draft.steps[id]
  return step === undefined ? id : (step.name ?? editorOfStep(step).title)
}

/** Parts that are given as `undefined` are left out. */
function withParts(draft: Draft, parts: Rules): Draft {
  return Object.fromEntries(Object.entries({ ...draft, ...parts }).filter(([, value]) => value !== undefined)) as Draft
}

function done(editing: Editing, edited: Edited | null, news: string, cannot: string, part: FocusWish['part'] = 'step'): Editing {
  if (edited === null) return { ...editing, focus: null, news: cannot }
  return changed(editing, edited.draft, news, edited.step === undefined ? null : { on: edited.step, part })
}

function changed(editing: Editing, draft: Draft, news: string, focus: FocusWish | null = null, last: Editing['last'] = null): Editing {
  const goesOn = last !== null && editing.last !== null && last.what === editing.last.what && last.at - editing.last.at < together
  return { past: goesOn ? editing.past : [...editing.past, editing.draft].slice(-kept), draft, future: [], last, focus, news }
}
