import { createContext, use } from 'react'
import type { Step } from './draft.ts'
import type { PlacedProblem } from './problems.ts'

/** What rows and groups share while a segment is edited. */
export interface Workbench {
  readonly send: (step: Step) => void
  /** What is wrong with a row or group, as far as it is time to say so. */
  readonly problemsOf: (node: string) => readonly PlacedProblem[]
  /** What is being dragged. */
  readonly dragged: string | null
  readonly drag: (node: string | null) => void
  /** Of the sentence that says what the keys do; there may be several builders on a page. */
  readonly helpId: string
}

export const WorkbenchContext = createContext<Workbench | null>(null)

export function useWorkbench(): Workbench {
  const bench = use(WorkbenchContext)
  if (bench === null) throw new Error('A row of the builder stands outside of it.')
  return bench
}
