import { versionKey } from '../definitions/index.ts'
import type { Advance, AdvanceContext } from '../ports.ts'
import type { ProfileState } from '../profile.ts'
import { finish, hearFacts } from './advance.ts'
import { openDraft } from './draft.ts'
import { breakOff, journeyOf } from './leaving.ts'
import { byTime, catchUpWithTime } from './memberships.ts'
import { place, settle } from './place.ts'
import { arrive } from './runs.ts'

/** Where a run can stand. */
interface Place {
  readonly version: number
  readonly step: string
}

/** Somebody wants a run elsewhere. */
export interface MoveOrder {
  /** Of the order; part of the ids of what follows. */
  readonly id: string
  readonly run: string
  readonly from: Place
  /** Null: out of the journey. */
  readonly to: Place | null
  /** Who asked for it. */
  readonly by: string
}

/**
 * Takes a run from the step at which it stands to another, where it arrives anew, or out of its journey: then what it was about to say is called
 * back, as by a goal.
 * @returns null when the run stands there no more, or the place is none that this context knows: nothing happens then
 */
export function moveRun(profile: ProfileState, { id, run: wanted, from, to, by }: MoveOrder, ctx: AdvanceContext): Advance | null {
  const draft = openDraft(profile, ctx, `move ${id}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  const run = draft.runs.find((one) => one.id === wanted && one.version === from.version && one.step === from.step)
  const journey = run === undefined ? undefined : journeyOf(draft, run)
  if (run === undefined || journey === undefined) return null
  if (to === null) {
    const because = `${by} took them out of ${journey.name}`
    breakOff(draft, journey, run, { port: 'exit', name: `removed by ${by}`, because }, byTime)
  } else {
    const target = draft.definitions.journeys.get(versionKey(run.journey, to.version))
    if (target?.steps.has(to.step) !== true) return null
    const { wakesAt: _, best: __, tried: ___, ...standing } = place(draft, run, journey, target, { step: to.step, by }, byTime)
    const moved = { ...standing, since: draft.now }
    settle(draft, moved)
    arrive(draft, target, moved, draft.now, byTime)
  }
  hearFacts(draft)
  return finish(draft, byTime)
}
