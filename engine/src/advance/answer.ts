import type { JsonObject } from '@throughline/contracts'
import type { Advance, AdvanceContext } from '../ports.ts'
import type { ProfileState } from '../profile.ts'
import { finish, hearFacts } from './advance.ts'
import { openDraft } from './draft.ts'
import { hearAnswer } from './entering.ts'
import { byTime, catchUpWithTime } from './memberships.ts'
import { hearStepAnswer } from './runs.ts'

/** Tells somebody who waits at the gate of a journey with a cap for the day whether there is room; see the effect `entry-request`. */
export function answerEntry(
  profile: ProfileState,
  { run, hasRoom }: { readonly run: string; readonly hasRoom: boolean },
  ctx: AdvanceContext,
): Advance {
  const draft = openDraft(profile, ctx, `answer:${run}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  hearAnswer(draft, run, hasRoom, byTime)
  hearFacts(draft)
  return finish(draft, byTime)
}

/** What came of a request; `fields` is what is kept of the answer, by name. */
export interface StepAnswer {
  readonly id: string
  readonly step: string
  readonly ok: boolean
  readonly fields: JsonObject
  readonly reason?: string
}

/** Tells a run that waits for the answer of a webhook, or for a code, what came of it; see the effects `ask` and `coupon`. One that waits no more goes its way. */
export function answerStep(profile: ProfileState, answer: StepAnswer, ctx: AdvanceContext): Advance {
  const draft = openDraft(profile, ctx, `answer:${answer.id}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  hearStepAnswer(draft, answer, byTime)
  hearFacts(draft)
  return finish(draft, byTime)
}
