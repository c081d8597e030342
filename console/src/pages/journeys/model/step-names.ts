import type { Step } from '@throughline/contracts'
import { editorOfStep } from '../steps/registry.ts'
import type { Names } from '../steps/step-editor.ts'

/** Names that know those of the steps of a journey as well. */
export function namesIn(names: Names, steps: Readonly<Record<string, Step>>): Names {
  return {
    ...names,
    step: (id) => {
      const step = steps[id]
      return step === undefined ? id : (step.name ?? editorOfStep(step).title)
    },
  }
}
