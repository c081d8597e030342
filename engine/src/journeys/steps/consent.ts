import type { StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'

/** Notes a consent or its withdrawal, at the instant of passing. */
export const consent: StepBehaviour<StepOf<'consent'>> = {
  compile({ channel, topic, state }) {
    return (_, { kind }) =>
      kind === 'event'
        ? null
        : { kind: 'go', port: 'next', deed: { kind: 'consent', channel, ...(topic !== undefined && { topic }), state } }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe({ channel, topic, state }) {
    const what = topic === undefined ? channel : `${topic} by ${channel}`
    return state === 'granted' ? `note that they agree to ${what}, unless they opted out` : `note that they withdrew ${what}`
  },
}
