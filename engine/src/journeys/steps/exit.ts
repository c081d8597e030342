import type { StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'

/** Ends the run, with a reason. */
export const exit: StepBehaviour<StepOf<'exit'>> = {
  compile:
    ({ reason }) =>
    (_, { kind }) =>
      kind === 'event' ? null : { kind: 'leave', reason },
  waysOut: () => [],
  takesTime: () => false,
  hears: () => [],
  describe: ({ reason }) => `leave: ${reason}`,
}
