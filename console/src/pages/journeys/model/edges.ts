import { editorOfStep } from '../steps/registry.ts'
import type { Port } from '../steps/step-editor.ts'
import type { JourneyDefinition } from '@throughline/contracts'
import type { Draft as Whole } from './draft.ts'

/** What ways depend on. */
type Graph = Pick<JourneyDefinition, 'start' | 'steps'>

/** A way from one place to another: from the entry, or out of a step by one of its ports. */
export type Edge = { readonly kind: 'start' } | { readonly kind: 'way'; readonly from: string; readonly port: Port }

export const start: Edge = { kind: 'start' }
export const wayOf = (from: string, port: Port): Edge => ({ kind: 'way', from, port })

/** The name of an edge, as its passages are counted: `entry`, `remind:next`. */
export const edgeName = (edge: Edge): string => (edge.kind === 'start' ? 'entry' : `${edge.from}:${edge.port}`)

/** All edges of a journey, that of the entry first. */
export function edgesOf(draft: Graph): readonly Edge[] {
  return [
    start,
    ...Object.entries(draft.steps).flatMap(([id, step]) =>
      editorOfStep(step)
        .ways(step)
        .map(({ port }) => wayOf(id, port)),
    ),
  ]
}

/** The step that an edge leads to; `undefined` where the journey ends, or where there is no such edge. */
export function targetOf(draft: Graph, edge: Edge): string | undefined {
  if (edge.kind === 'start') return draft.start === '' ? undefined : draft.start
  const step = draft.steps[edge.from]
  return step === undefined
    ? undefined
    : editorOfStep(step)
        .ways(step)
        .find(({ port }) => port === edge.port)?.to
}

/** The journey with an edge that leads to another step, or with `undefined` ends there. */
export function lead(draft: Whole, edge: Edge, to: string | undefined): Whole {
  if (edge.kind === 'start') return { ...draft, start: to ?? '' }
  const step = draft.steps[edge.from]
  if (step === undefined) return draft
  return { ...draft, steps: { ...draft.steps, [edge.from]: editorOfStep(step).lead(step, edge.port, to) } }
}

/** The edges that lead to a step. */
export const edgesInto = (draft: Graph, id: string): readonly Edge[] => edgesOf(draft).filter((edge) => targetOf(draft, edge) === id)

/** Where the ways out of a step lead, each place once; ends are left out. */
export function stepsAfter(draft: Graph, id: string): readonly string[] {
  const step = draft.steps[id]
  if (step === undefined) return []
  const targets = editorOfStep(step)
    .ways(step)
    .flatMap(({ to }) => (to !== undefined && draft.steps[to] !== undefined ? [to] : []))
  return [...new Set(targets)]
}

/** Steps that can be reached from these, themselves included and breadth first; `but` is not entered. */
export function reachedFrom(draft: Graph, from: readonly string[], but?: string): readonly string[] {
  const found = new Set(from.filter((id) => draft.steps[id] !== undefined && id !== but))
  for (const id of found) for (const next of stepsAfter(draft, id)) if (next !== but) found.add(next)
  return [...found]
}

/** Steps in the order in which people come to them, one way down to its end before the next; those that nobody comes to are last. */
export function stepsInOrder(draft: Graph): readonly string[] {
  const order: string[] = []
  const seen = new Set<string>()
  const visit = (id: string): void => {
    if (seen.has(id) || draft.steps[id] === undefined) return
    seen.add(id)
    order.push(id)
    stepsAfter(draft, id).forEach(visit)
  }
  for (const id of [draft.start, ...Object.keys(draft.steps)]) visit(id)
  return order
}
