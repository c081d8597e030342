import { eventNames } from '@throughline/contracts'
import { versionKey } from '../definitions/index.ts'
import type { CompiledJourney } from '../journeys/index.ts'
import { gate, type Run } from '../profile.ts'
import { addFact, type Draft } from './draft.ts'
import { breakOff, journeyOf, type From } from './leaving.ts'

/** The run at another place, with the fact that says so; its wait is the same. The caller puts it there. */
export function place(
  draft: Draft,
  run: Run,
  journey: CompiledJourney,
  target: CompiledJourney,
  { step, by }: { readonly step: string; readonly by: string },
  from: From,
): Run {
  const { id: name, version } = journey
  const properties = { journey: name, run: run.id, version, step: run.step, to_version: target.version, to_step: step, by }
  addFact(draft, eventNames.journeyMoved, draft.now, properties, from)
  // What came into a version is inside, has left, or is counted as moved to another one.
  if (target.version !== version)
    draft.effects.push(
      { kind: 'edge', journey: name, version, edge: 'moved:out' },
      { kind: 'edge', journey: name, version: target.version, edge: 'moved:in' },
    )
  const reached = (run.reached ?? []).flatMap((index) => sameGoal(journey, target, index))
  const { reached: _, ...rest } = run
  return { ...rest, version: target.version, step, hops: run.hops + 1, ...(reached.length > 0 && { reached }) }
}

/** A goal of one version as another numbers it; none where it has no such goal. */
function sameGoal(journey: CompiledJourney, target: CompiledJourney, index: number): readonly number[] {
  const goal = journey.goals[index]
  const found = target.goals.findIndex(({ name, event }) => name === goal?.name && event === goal.event)
  return found < 0 ? [] : [found]
}

/**
 * Takes runs of versions that people are moved away from to where these go. Who waits goes on waiting until the same instant: then a step that
 * waits is over, and any other is done. Who hangs on something pending is asked anew at the new step.
 */
export function followMappings(draft: Draft, from: From): void {
  const { mappings } = draft.definitions
  if (mappings.size === 0) return
  for (const one of draft.runs) {
    let run = one
    // From version to later version, as often as people were moved on.
    for (;;) {
      const mapping = mappings.get(versionKey(run.journey, run.version))
      const journey = journeyOf(draft, run)
      const step = mapping?.steps.get(run.step)
      if (run.step === gate || mapping === undefined || journey === undefined || step === undefined) break
      const { target, by } = mapping
      if (step === null || !target.steps.has(step)) {
        const because = `${by} published version ${target.version} of ${journey.name}, in which their step is gone,`
        breakOff(draft, journey, run, { port: 'exit', name: `their step is gone in version ${target.version}`, because }, from)
        break
      }
      run = place(draft, run, journey, target, { step, by }, from)
      settle(draft, run)
    }
  }
}

/** Puts a run where it stands now. */
export function settle(draft: Draft, run: Run): void {
  draft.runs = [...draft.runs.filter(({ id }) => id !== run.id), run]
  draft.effects.push({ kind: 'run-at', run })
}
