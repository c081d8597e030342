import type { Advance, AdvanceContext } from '../ports.ts'
import type { ProfileState } from '../profile.ts'
import { finish, hearFacts } from './advance.ts'
import { openDraft, untime } from './draft.ts'
import { byTime, catchUpWithTime, decideMembership } from './memberships.ts'

/**
 * Where everybody stands was computed again and is in force since `at`, epoch ms: segments that hang on it are decided anew, and what
 * changes did so then, and starts journeys. Whoever did something since has been decided by it already.
 * @param epoch of that computation; segments published later are none of its business
 */
export function rankAnew(
  profile: ProfileState,
  { at, epoch }: { readonly at: number; readonly epoch: number },
  ctx: AdvanceContext,
): Advance {
  const draft = openDraft(profile, ctx, `ranks ${epoch}`)
  catchUpWithTime(draft, draft.now, hearFacts)
  for (const segment of draft.definitions.rankedSegments) if (segment.epoch <= epoch) decideMembership(draft, segment, { ...byTime, at })
  hearFacts(draft)
  untime(draft)
  return finish(draft, byTime)
}
