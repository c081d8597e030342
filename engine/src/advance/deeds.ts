import type { CompiledJourney, Deed } from '../journeys/index.ts'
import type { Run } from '../profile.ts'
import { addFact, type Draft } from './draft.ts'
import type { From } from './leaving.ts'

/** Carries out what a step does besides saying something. What follows from it is heard once the present event is done with. */
export function carryOut(draft: Draft, journey: CompiledJourney, run: Run, deed: Deed, at: number, from: From): void {
  const by = { journey: journey.id, step: run.step }
  switch (deed.kind) {
    case 'event':
      return addFact(draft, deed.name, at, { ...deed.properties, ...by }, from)
    default:
      deed.kind satisfies never
  }
}
