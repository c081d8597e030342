import { hash32 } from '../hash.ts'
import { audienceReached } from '../journeys/index.ts'
import type { Advance, AdvanceContext } from '../ports.ts'
import type { ProfileState } from '../profile.ts'
import { finish, hearFacts } from './advance.ts'
import { openDraft } from './draft.ts'
import { LATE_MS, tryEntry } from './entering.ts'
import { byTime, catchUpWithTime } from './memberships.ts'

/**
 * The turn of one person of an audience that comes into a journey: who is in it enters, at once or when their own clocks show the time.
 * @param slot the instant, epoch ms; where it goes by each person's clocks what these are to show, as ms since 1 January 1970 there
 */
export function enterAudience(
  profile: ProfileState,
  { journey: id, entry: index, slot }: { readonly journey: string; readonly entry: number; readonly slot: number },
  ctx: AdvanceContext,
): Advance {
  const cause = `audience:${id}:${index}:${slot}`
  const draft = openDraft(profile, ctx, cause)
  catchUpWithTime(draft, draft.now, hearFacts)
  const journey = draft.definitions.latestJourneys.get(id)
  const audience = journey?.entries[index]?.audience ?? null
  if (journey !== undefined && audience !== null) {
    const occurrence = {
      id: cause,
      name: audienceReached,
      at: draft.now,
      hash: hash32(cause),
      timestamp: draft.now,
      properties: { entry: index, ...(audience.segment !== null && { segment: audience.segment }) },
    }
    const until = audience.instantOf?.(draft, slot) ?? null
    if (until === null || until >= draft.now - LATE_MS) tryEntry(draft, journey, occurrence, byTime, { until })
  }
  hearFacts(draft)
  return finish(draft, byTime)
}
