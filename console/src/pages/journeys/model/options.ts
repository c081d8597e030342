import { editorOfStep } from '../steps/registry.ts'
import { blockOf } from './blocks.ts'
import type { Draft } from './draft.ts'
import { edgeName, edgesOf, stepsInOrder, targetOf } from './edges.ts'
import type { Edge } from './edges.ts'
import { titleOf } from './editing.ts'

export interface PlaceOption {
  readonly id: string
  readonly edge: Edge
  readonly words: string
}

/** The places into which something can be put, in words: `At the beginning`, `After “Reminder”, when none within 1 day`. */
export function placesOf(draft: Draft): readonly PlaceOption[] {
  const order = new Map(stepsInOrder(draft).map((id, index) => [id, index]))
  return edgesOf(draft)
    .toSorted((one, other) => rank(one) - rank(other))
    .map((edge) => ({ id: edgeName(edge), edge, words: placeWords(draft, edge) }))

  function rank(edge: Edge): number {
    return edge.kind === 'start' ? -1 : (order.get(edge.from) ?? 0)
  }
}

/** A place in words. */
export function placeWords(draft: Draft, edge: Edge): string {
  if (edge.kind === 'start') return 'At the beginning'
  const step = draft.steps[edge.from]
  const when =
    step === undefined
      ? ''
      : (editorOfStep(step)
          .ways(step)
          .find(({ port }) => port === edge.port)?.when ?? '')
  return `After “${titleOf(draft, edge.from)}”${when === '' ? '' : `, ${when}`}`
}

/** Where a step can be moved: not to where it stands, nor into its own block. */
export function placesFor(draft: Draft, id: string): readonly PlaceOption[] {
  const { ids } = blockOf(draft, id)
  return placesOf(draft).filter(({ edge }) => targetOf(draft, edge) !== id && !(edge.kind === 'way' && ids.includes(edge.from)))
}

/** Steps that a way can lead to, with a name that tells those of the same title apart. */
export function targetsOf(draft: Draft): readonly (readonly [id: string, words: string])[] {
  const order = stepsInOrder(draft)
  const titles = order.map((id) => titleOf(draft, id))
  return order.map((id, index) => [
    id,
    titles.filter((one) => one === titles[index]).length > 1 ? `${titles[index]!} (${id})` : titles[index]!,
  ])
}
