import type { StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'

/** Ends what the person has going on in another journey. */
export const stopJourney: StepBehaviour<StepOf<'stop-journey'>> = {
  compile({ journey }) {
    return (_, { kind }) => (kind === 'event' ? null : { kind: 'go', port: 'next', stop: journey })
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe: ({ journey }) => `stop the journey ${journey}`,
}
