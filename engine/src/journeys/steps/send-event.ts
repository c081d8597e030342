import type { StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'
import { describeTaken, readTaken } from '../taken.ts'

/** Says an event on the person's own timeline, at the instant of passing. */
export const sendEvent: StepBehaviour<StepOf<'send-event'>> = {
  compile({ event: name, properties }) {
    return (visit, { kind }) =>
      kind === 'event' ? null : { kind: 'go', port: 'next', deed: { kind: 'event', name, properties: readTaken(properties, visit) } }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe({ event, properties }) {
    const said = describeTaken(properties)
    return `send the event ${event}${said === '' ? '' : ` with ${said}`}`
  },
}
