import type { Step } from '@throughline/contracts'
import { editorOfStep } from '../steps/registry.ts'
import type { Draft } from './draft.ts'
import { reachedFrom, stepsAfter } from './edges.ts'

/** A step with what stands between it and where its ways meet again. */
export interface Block {
  readonly ids: readonly string[]
  /** Where its ways meet; `undefined` when they never do. */
  readonly after: string | undefined
}

/**
 * The block of a step. A step with one way is a block of its own. The ways of a split meet at the first step that all of them
 * come to, before any of them ends; where there is none, everything behind it is the block.
 */
export function blockOf(draft: Draft, id: string): Block {
  const step = draft.steps[id]
  if (step === undefined) return { ids: [], after: undefined }
  const ways = editorOfStep(step).ways(step)
  const [first] = ways
  if (ways.every(({ to }) => to === first?.to)) return { ids: [id], after: first?.to === id ? undefined : first?.to }
  const behind = reachedFrom(draft, [id])
  const after = behind.find((one) => one !== id && everyWayComesTo(draft, id, one))
  return { ids: reachedFrom(draft, [id], after), after }
}

/** Whether nobody who is at a step can come to an end without passing another. */
function everyWayComesTo(draft: Draft, from: string, to: string): boolean {
  return reachedFrom(draft, [from], to).every((id) => {
    const step = draft.steps[id]!
    const ways = editorOfStep(step).ways(step)
    return ways.length > 0 && ways.every((way) => way.to !== undefined && draft.steps[way.to] !== undefined)
  })
}

/** Some steps on their own, to be put in somewhere: copied, or moved. What leads out of them leads to wherever they are put in. */
export interface Piece {
  readonly start: string
  readonly steps: Readonly<Record<string, Step>>
}

/** A block as a piece: ways to what is not in it are loose. */
export function pieceOf(draft: Draft, id: string): Piece | undefined {
  const { ids } = blockOf(draft, id)
  if (ids.length === 0) return undefined
  const inside = new Set(ids)
  const steps = Object.fromEntries(ids.map((one) => [one, redirect(draft.steps[one]!, (to) => (inside.has(to) ? to : undefined))]))
  return { start: id, steps }
}

/** The step with every way led elsewhere; ways that end stay so, unless `ends` says where they lead. */
export function redirect(step: Step, to: (id: string) => string | undefined, ends?: string): Step {
  const editor = editorOfStep(step)
  return editor.ways(step).reduce((now, way) => editor.lead(now, way.port, way.to === undefined ? ends : to(way.to)), step)
}

/** Whether removing a step would take others along, so that somebody has to say which of its ways stays. */
export const takesOthersAlong = (draft: Draft, id: string): boolean => stepsAfter(draft, id).length > 0 && blockOf(draft, id).ids.length > 1
