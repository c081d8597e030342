import { durationToMs, type StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'

/** Waits for a time, counted from the exact instant of arrival. */
export const wait: StepBehaviour<StepOf<'wait'>> = {
  compile(step) {
    const length = durationToMs(step.for)
    return ({ at }, { kind }) => {
      if (kind === 'event') return null
      return kind === 'arrive' && length > 0 ? { kind: 'wait', until: at + length } : { kind: 'go', port: 'next' }
    }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: (step) => durationToMs(step.for) > 0,
  hears: () => [],
  describe: (step) => `wait ${step.for}`,
}
