import { useEffect, useReducer, useRef, useState } from 'react'
import type { RefObject } from 'react'
import { beginEditing, edit } from './draft.ts'
import type { Draft, Editing, Step } from './draft.ts'

interface Edited {
  readonly editing: Editing
  readonly send: (step: Step) => void
  /** The part of the page with the rows in it. */
  readonly board: RefObject<HTMLDivElement | null>
  /** Rows in which somebody has been, and which they have left. */
  readonly touched: ReadonlySet<string>
}

/** The draft and the way to change it. Undo and redo work by keyboard wherever the focus is, and the focus follows what was done. */
export function useEditing(begin: () => Draft): Edited {
  const [editing, send] = useReducer(edit, undefined, () => beginEditing(begin()))
  const board = useRef<HTMLDivElement>(null)
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const { focus } = editing

  useEffect(() => {
    const leave = (event: FocusEvent): void => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-leaf]') : null
      const node = row?.dataset['node']
      if (row === null || node === undefined || (event.relatedTarget instanceof Node && row.contains(event.relatedTarget))) return
      setTouched((before) => (before.has(node) ? before : new Set([...before, node])))
    }
    const rows = board.current
    rows?.addEventListener('focusout', leave)
    return () => rows?.removeEventListener('focusout', leave)
  }, [])

  useEffect(() => {
    if (focus === null) return
    const node = board.current?.querySelector<HTMLElement>(`[data-node="${focus.node}"]`)
    const inside = { field: '[data-body] :is(input, select, textarea, button)', handle: '[data-handle]', add: '[data-add]' }[focus.part]
    // A row begins with words to choose; the first thing to write is what somebody wants to fill in.
    const blank =
      focus.part === 'field'
        ? [...(node?.querySelectorAll<HTMLInputElement>('[data-body] input') ?? [])].find((one) => one.value === '')
        : undefined
    ;(blank ?? node?.querySelector<HTMLElement>(inside))?.focus()
  }, [focus])

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return
      const key = event.key.toLowerCase()
      const way = key === 'z' ? (event.shiftKey ? 'redo' : 'undo') : key === 'y' ? 'redo' : undefined
      if (way === undefined) return
      event.preventDefault()
      send({ kind: way })
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])

  return { editing, send, board, touched }
}
