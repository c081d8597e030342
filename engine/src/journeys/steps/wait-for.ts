import { durationToMs, type StepOf } from '@throughline/contracts'
import { compileMatch, describeMatch } from '../../conditions/index.ts'
import type { StepBehaviour } from '../behaviour.ts'
import { keyIn } from '../key.ts'

/**
 * Waits for the first of several events, each with a way of its own, up to a time. An event of the very instant at which the
 * time is up still counts; one that comes later does not, even when the timer has not fired yet. Ranked, only the first in the list ends
 * the wait; of the others the foremost that has come takes its way when the time is up.
 */
export const waitFor: StepBehaviour<StepOf<'wait-for'>> = {
  compile(step, { context }) {
    const length = durationToMs(step.upTo)
    const matchers = step.any.map(({ on, key }) => ({ matches: compileMatch(on, context), key }))
    return ({ run, at, now }, cause) => {
      switch (cause.kind) {
        case 'arrive':
          return length > 0 ? { kind: 'wait', until: at + length } : { kind: 'go', port: 'otherwise' }
        case 'wake':
          return { kind: 'go', port: run.best ?? 'otherwise' }
        case 'event': {
          if (run.wakesAt !== undefined && now > run.wakesAt) return null
          const { occurrence } = cause
          const port = matchers.findIndex(
            ({ matches, key }) => matches(occurrence) && (key === undefined || keyIn(occurrence.properties, key) === run.key),
          )
          if (step.ranked !== true || port <= 0) return port < 0 ? null : { kind: 'go', port }
          return port < (run.best ?? Infinity) ? { kind: 'wait', until: run.wakesAt ?? at + length, best: port } : null
        }
        default:
          return cause satisfies never
      }
    }
  },
  waysOut: ({ any, otherwise }) => [
    ...any.map(({ on, next }, port) => ({ port, next, label: describeMatch(on) })),
    { port: 'otherwise', next: otherwise, label: 'otherwise' } as const,
  ],
  // A person who does the event again and again goes round as often as they do it, which takes real events.
  takesTime: (step) => durationToMs(step.upTo) > 0,
  hears: ({ any }) => any.map(({ on }) => on.event),
  describe: (step) =>
    `wait for ${step.any.map(({ on }) => describeMatch(on)).join(step.ranked === true ? ', or next best ' : ' or ')}, up to ${step.upTo}`,
}
