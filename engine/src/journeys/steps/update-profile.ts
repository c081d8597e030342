import type { StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'

/** Sets traits, as said at the instant of passing. */
export const updateProfile: StepBehaviour<StepOf<'update-profile'>> = {
  compile({ set }) {
    return (_, { kind }) => (kind === 'event' ? null : { kind: 'go', port: 'next', set })
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe: ({ set }) =>
    `set ${Object.entries(set)
      .map(([name, value]) => `${name} to ${JSON.stringify(value)}`)
      .join(', ')}`,
}
