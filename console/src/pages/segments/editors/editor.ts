import type { ReactNode } from 'react'
import type { LeafCondition } from '../builder/tree.ts'

/** The shelves of the list from which a condition is chosen, in this order. */
export const shelves = ['Bought or did something', 'Who they are', 'Messages', 'Where and with what', 'Standing'] as const
export type Shelf = (typeof shelves)[number]

/** One thing that can be chosen: a kind may offer several, each with its own beginning. */
export interface Choice {
  readonly shelf: Shelf
  readonly title: string
  /** One line under the title, mostly an example. */
  readonly hint: string
  /** Other words by which somebody may look for it. */
  readonly also?: string
  make(): LeafCondition
}

export interface EditorProps<C extends LeafCondition> {
  readonly condition: C
  readonly onChange: (next: C) => void
  /** Whether something is wrong with the field of this path, such as `where.0.compare.value`. */
  readonly isWrong: (field: string) => boolean
}

/** What the builder knows of one kind of condition: how it is chosen, and how it is edited, as a sentence with fields in it. */
export interface ConditionEditor<C extends LeafCondition> {
  readonly choices: readonly Choice[]
  readonly Editor: (props: EditorProps<C>) => ReactNode
}
