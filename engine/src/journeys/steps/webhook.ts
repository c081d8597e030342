import { durationToMs, type StepOf } from '@throughline/contracts'
import { stableId } from '../../hash.ts'
import type { StepBehaviour } from '../behaviour.ts'
import { variablesOf } from '../variables.ts'

/** Asks an address and waits for what it answers; who is not answered in time, or refused, goes another way. */
export const webhook: StepBehaviour<StepOf<'webhook'>> = {
  compile({ template, upTo, keep }) {
    const length = durationToMs(upTo)
    return (visit, { kind }) => {
      const { run, journey, at } = visit
      if (kind === 'event') return null
      if (kind === 'wake') {
        const { ok = false, reason = `no answer within ${upTo}` } = run.answered ?? {}
        const deed = { kind: 'answered', ok, ...(!ok && { reason }) } as const
        return { kind: 'go', port: ok ? 'next' : 'otherwise', deed }
      }
      const templateVersion = visit.templateVersion(template)
      if (templateVersion === undefined || length === 0) {
        const reason = templateVersion === undefined ? `the template ${template} is not published` : 'it was given no time'
        return { kind: 'go', port: 'otherwise', deed: { kind: 'answered', ok: false, reason } }
      }
      const id = stableId('ask', run.id, run.step, run.hops, run.version)
      const ask = {
        kind: 'ask',
        id,
        journey: journey.id,
        version: journey.version,
        step: run.step,
        run: run.id,
        template,
        templateVersion,
        keep,
      } as const
      return { kind: 'wait', until: at + length, ask: { ...ask, until: at + length, at, variables: variablesOf(visit) } }
    }
  },
  waysOut: ({ next, otherwise }) => [
    { port: 'next', next, label: 'answered' },
    { port: 'otherwise', next: otherwise, label: 'refused, or no answer' },
  ],
  answers: true,
  takesTime: () => false,
  hears: () => [],
  describe({ template, upTo, keep }) {
    const kept = Object.keys(keep)
    return `ask by the webhook ${template} and wait up to ${upTo}${kept.length === 0 ? '' : `, keeping ${kept.join(', ')}`}`
  },
}
