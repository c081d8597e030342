import { createContext, use } from 'react'
import type { Piece } from '../model/blocks.ts'
import type { Draft } from '../model/draft.ts'
import type { Edit } from '../model/editing.ts'
import type { PlacedProblem } from '../model/problems.ts'
import type { Names } from '../steps/step-editor.ts'

/** What the parts of the editor share. */
export interface Bench {
  readonly draft: Draft
  readonly send: (edit: Edit) => void
  readonly names: Names
  /** The step whose panel is open, or the entry; null for none. */
  readonly chosen: string | null
  readonly choose: (id: string | null) => void
  /** What is wrong with a step, as far as it is time to say so; `null` for the rules of the journey. */
  readonly problemsOf: (step: string | null) => readonly PlacedProblem[]
  readonly copied: Piece | null
  readonly copy: (id: string) => void
  /** Takes a step out; a split whose ways lead to different places is asked about first. */
  readonly remove: (id: string) => void
  /** Whether nothing may be changed here. */
  readonly locked: boolean
}

export const BenchContext = createContext<Bench | null>(null)

export function useBench(): Bench {
  const bench = use(BenchContext)
  if (bench === null) throw new Error('A part of the journey editor stands outside of it.')
  return bench
}
