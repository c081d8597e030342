import type { Step } from '@throughline/contracts'
import { editorOfStep } from '../steps/registry.ts'
import type { Port } from '../steps/step-editor.ts'
import { blockOf, pieceOf, redirect } from './blocks.ts'
import type { Piece } from './blocks.ts'
import type { Draft } from './draft.ts'
import { edgesInto, lead, reachedFrom, targetOf } from './edges.ts'
import type { Edge } from './edges.ts'

/** The draft after an edit, and the step that it was about. */
export interface Edited {
  readonly draft: Draft
  readonly step: string | undefined
}

/** An id that no step has: `wait`, `wait-2`. */
function freshId(taken: (id: string) => boolean, like: string): string {
  const base = like.replace(/-\d+$/, '')
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`
    if (!taken(id)) return id
  }
}

/**
 * Puts a new step into an edge: all its ways lead to where the edge led, so nobody who was to come there misses it.
 * `null` for a step without ways out where there is something behind: that would be cut off.
 */
export function insertStep(draft: Draft, edge: Edge, step: Step): Edited | null {
  return insertPiece(draft, edge, { start: step.kind, steps: { [step.kind]: step } })
}

/** Puts a copy of a piece into an edge; its loose ends lead to where the edge led. `null` when it has none and there is something behind. */
export function insertPiece(draft: Draft, edge: Edge, piece: Piece): Edited | null {
  const behind = targetOf(draft, edge)
  const ids = new Map<string, string>()
  const taken = (id: string): boolean => draft.steps[id] !== undefined || [...ids.values()].includes(id)
  for (const id of Object.keys(piece.steps)) ids.set(id, freshId(taken, id))
  return place(draft, edge, piece, (id) => ids.get(id)!, behind)
}

function place(draft: Draft, edge: Edge, piece: Piece, idOf: (id: string) => string, behind: string | undefined): Edited | null {
  if (behind !== undefined && !hasLooseEnd(piece)) return null
  const inPiece = (id: string): string => (piece.steps[id] === undefined ? id : idOf(id))
  const added = Object.entries(piece.steps).map(([id, step]) => {
    const led = redirect(step, idOf, behind)
    return [idOf(id), editorOfStep(led).rename?.(led, inPiece) ?? led] as const
  })
  const first = idOf(piece.start)
  return { draft: lead({ ...draft, steps: { ...draft.steps, ...Object.fromEntries(added) } }, edge, first), step: first }
}

const hasLooseEnd = ({ steps }: Piece): boolean =>
  Object.values(steps).some((step) =>
    editorOfStep(step)
      .ways(step)
      .some(({ to }) => to === undefined),
  )

/** The same steps with the ways that led to some of them led elsewhere. */
function leadPast(draft: Draft, gone: readonly string[], to: string | undefined): Draft {
  const entrances = gone.flatMap((id) => edgesInto(draft, id)).filter((edge) => edge.kind === 'start' || !gone.includes(edge.from))
  return entrances.reduce((now, edge) => lead(now, edge, to), draft)
}

function without(draft: Draft, gone: readonly string[]): Draft {
  return { ...draft, steps: Object.fromEntries(Object.entries(draft.steps).filter(([id]) => !gone.includes(id))) }
}

/**
 * Takes a step out, with what stands between it and where its ways meet again; what led to it leads on to there.
 * With `keep`, only the step goes, and with it what stood on its other ways alone: what led to it leads on to that one way.
 */
export function removeStep(draft: Draft, id: string, keep?: Port): Edited {
  const step = draft.steps[id]
  if (step === undefined) return { draft, step: undefined }
  if (keep === undefined) {
    const { ids, after } = blockOf(draft, id)
    return { draft: without(leadPast(draft, ids, after), ids), step: after }
  }
  const kept = editorOfStep(step)
    .ways(step)
    .find(({ port }) => port === keep)?.to
  const to = kept === id ? undefined : kept
  const healed = without(leadPast(draft, [id], to), [id])
  const before = new Set(reachedFrom(draft, [draft.start]))
  const after = new Set(reachedFrom(healed, [healed.start]))
  return {
    draft: without(
      healed,
      [...before].filter((one) => !after.has(one)),
    ),
    step: to,
  }
}

/** Moves a step with its block into another edge. `null` where it stands there already, or would stand in itself. */
export function moveStep(draft: Draft, id: string, edge: Edge): Edited | null {
  const piece = pieceOf(draft, id)
  const { ids, after } = blockOf(draft, id)
  if (piece === undefined || (edge.kind === 'way' && ids.includes(edge.from)) || targetOf(draft, edge) === id) return null
  const rest = without(leadPast(draft, ids, after), ids)
  return place(rest, edge, piece, (one) => one, targetOf(rest, edge))
}

/** Leads an edge to another step, or with `undefined` ends it there. `null` where nothing changes. */
export function connect(draft: Draft, edge: Edge, to: string | undefined): Edited | null {
  if (targetOf(draft, edge) === to) return null
  return { draft: lead(draft, edge, to), step: to }
}
