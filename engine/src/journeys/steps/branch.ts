import type { StepOf } from '@throughline/contracts'
import { describeCondition } from '../../conditions/index.ts'
import type { StepBehaviour } from '../behaviour.ts'

/** Takes the first way whose condition holds. A pending one before it holds up the decision, for it might be the first. */
export const branch: StepBehaviour<StepOf<'branch'>> = {
  compile(step, compiler) {
    const conditions = step.paths.map((path) => compiler.compile(path.if))
    return ({ view, now }, { kind }) => {
      if (kind === 'event') return null
      for (const [port, condition] of conditions.entries()) {
        const value = condition.value(view, now)
        if (value === 'pending') return { kind: 'undecided' }
        if (value) return { kind: 'go', port }
      }
      return { kind: 'go', port: 'otherwise' }
    }
  },
  waysOut: ({ paths, otherwise }) => [
    ...paths.map(({ name, if: condition, next }, port) => ({ port, next, label: name ?? describeCondition(condition) })),
    { port: 'otherwise', next: otherwise, label: 'otherwise' } as const,
  ],
  takesTime: () => false,
  hears: () => [],
  describe: (step) => `look whether: ${step.paths.map((path) => path.name ?? describeCondition(path.if)).join('; or ')}`,
}
