import type { StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'
import { compileJudge, makeMessage, waiting } from '../message.ts'

/** Says something on a channel if policy allows it; goes on either way, and waits where policy delays it. */
export const message: StepBehaviour<StepOf<'message'>> = {
  compile(step, compiler) {
    const judge = compileJudge(compiler)
    return (visit, { kind }) => {
      if (kind === 'event') return null
      const verdict = judge(step, visit)
      if (verdict === null) return { kind: 'undecided' }
      if (verdict.kind === 'delay') return waiting(step, verdict)
      return { kind: 'go', port: 'next', message: makeMessage(step, visit, verdict) }
    }
  },
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  says: true,
  describe: (step) => `send the ${step.channel === 'email' ? 'e-mail' : step.channel} ${step.template}`,
}
