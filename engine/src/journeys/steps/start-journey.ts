import type { StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'

/** Lets the person come into another journey, which decides whether they may. */
export const startJourney: StepBehaviour<StepOf<'start-journey'>> = {
  compile({ journey }) {
    return (_, { kind }) => (kind === 'event' ? null : { kind: 'go', port: 'next', start: journey })
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe: ({ journey }) => `start the journey ${journey}`,
}
