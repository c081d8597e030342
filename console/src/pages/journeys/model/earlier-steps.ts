import { isAnswered, saysMessages } from '@throughline/engine'
import { editorOfStep } from '../steps/registry.ts'
import type { EarlierStep } from '../steps/parts/earlier-step-field.tsx'
import type { Draft } from './draft.ts'
import { reachedFrom, stepsAfter, stepsInOrder } from './edges.ts'
import { titleOf } from './editing.ts'

/** The steps from which a way leads to a step, in the order in which people come to them. */
export function earlierStepsOf(draft: Draft, id: string): readonly EarlierStep[] {
  return stepsInOrder(draft)
    .filter((other) => reachedFrom(draft, stepsAfter(draft, other)).includes(id))
    .map((other) => {
      const step = draft.steps[other]!
      const ways = editorOfStep(step)
        .ways(step)
        .map(({ port, when }) => [port, when === '' ? 'its one way' : when] as const)
      return { id: other, name: titleOf(draft, other), says: saysMessages(step), answers: isAnswered(step), ways }
    })
}
