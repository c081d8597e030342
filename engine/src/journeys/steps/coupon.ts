import type { StepOf } from '@throughline/contracts'
import { stableId } from '../../hash.ts'
import type { StepBehaviour } from '../behaviour.ts'

/** Codes come out of the database beside the run, in milliseconds; whoever waits so long goes on without one. */
const LONGEST_MS = 3_600_000

/** Takes a code out of a pool; for whom there is none goes another way. */
export const coupon: StepBehaviour<StepOf<'coupon'>> = {
  compile({ pool, per }) {
    return ({ run, journey, at }, { kind }) => {
      if (kind === 'event') return null
      if (kind === 'wake') {
        const { ok = false, reason = 'no code came within an hour' } = run.answered ?? {}
        const deed = { kind: 'answered', pool, ok, ...(!ok && { reason }) } as const
        return { kind: 'go', port: ok ? 'next' : 'otherwise', deed }
      }
      const id = stableId('coupon', run.id, run.step, run.hops, run.version)
      const until = at + LONGEST_MS
      return { kind: 'wait', until, ask: { kind: 'coupon', id, journey: journey.id, step: run.step, run: run.id, pool, per, at, until } }
    }
  },
  waysOut: ({ next, otherwise }) => [
    { port: 'next', next, label: 'given a code' },
    { port: 'otherwise', next: otherwise, label: 'no code left' },
  ],
  answers: true,
  takesTime: () => false,
  hears: () => [],
  describe: ({ pool, per }) => `take a code of the pool ${pool}, one ${per === 'person' ? 'for each person' : 'each time'}`,
}
