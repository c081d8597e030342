import { IconPlus } from '@tabler/icons-react'
import { editorOfKind } from '../steps/registry.ts'
import { placeWords } from '../model/options.ts'
import { targetOf } from '../model/edges.ts'
import type { Edge } from '../model/edges.ts'
import { titleOf } from '../model/editing.ts'
import { useBench } from './bench.ts'
import { StepPicker } from './step-picker.tsx'
import styles from './add-here.module.css'

interface AddProps {
  readonly edge: Edge
  /** As words beside the plus, or the plus alone. */
  readonly words?: string
  /** The name under which the canvas finds it. */
  readonly name?: string
}

/** The plus on a way: puts a step, or what was copied, into it. */
export function AddHere({ edge, words, name }: AddProps) {
  const { draft, send, copied, locked } = useBench()
  const behind = targetOf(draft, edge)
  const place = placeWords(draft, edge)
  if (locked) return null
  return (
    <StepPicker
      without={(kind) => behind !== undefined && editorOfKind(kind).ways(editorOfKind(kind).make()).length === 0}
      paste={
        copied === null
          ? undefined
          : { words: `“${titleOf(copied, copied.start)}”`, go: () => send({ kind: 'paste', edge, piece: copied }) }
      }
      onPick={(step) => send({ kind: 'insert', edge, step })}
    >
      {({ toggle, expanded }) => (
        <button
          type="button"
          className={`nodrag nopan ${words === undefined ? styles.plus : styles.words}`}
          data-add={name}
          aria-haspopup="listbox"
          aria-expanded={expanded}
          aria-label={`Add a step ${place.charAt(0).toLowerCase()}${place.slice(1)}`}
          title="Add a step here"
          onClick={toggle}
        >
          <IconPlus size={14} stroke={2.2} aria-hidden />
          {words}
        </button>
      )}
    </StepPicker>
  )
}
