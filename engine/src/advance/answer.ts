import type { Advance, AdvanceContext } from '../ports.ts'
import type { ProfileState } from '../profile.ts'
import { finish, hearFacts } from './advance.ts'
import { openDraft } from './draft.ts'
import { hearAnswer } from './entering.ts'
import { byTime, catchUpWithTime } from './memberships.ts'

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
