import { hash32 } from '../hash.ts'
import { versionKey } from '../definitions/index.ts'
import { audienceReached, type CompiledJourney } from '../journeys/index.ts'
import type { Advance, AdvanceContext } from '../ports.ts'
import type { ProfileState } from '../profile.ts'
import { finish, hearFacts } from './advance.ts'
import { openDraft, type Draft } from './draft.ts'
import { LATE_MS, tryEntry } from './entering.ts'
import { byTime, catchUpWithTime } from './memberships.ts'

/** An audience whose time has come. */
export interface AudienceCall {
  readonly journey: string
  /** The version that was the latest when its people began to come in. */
  readonly version: number
  /** See `audienceKey`. */
  readonly key: string
  readonly slot: number
}

/** The version into which an audience comes, and which of its entries it is: the latest that knows it, or else the one that called it. */
function versionFor({ definitions }: Draft, id: string, version: number, key: string): readonly [CompiledJourney | undefined, number] {
  for (const journey of [definitions.latestJourneys.get(id), definitions.journeys.get(versionKey(id, version))]) {
    const index = journey?.entries.findIndex(({ audience }) => audience?.key === key) ?? -1
    if (index >= 0) return [journey, index]
  }
  return [undefined, -1]
}

/**
 * The turn of one person of an audience that comes into a journey: who is in it enters, at once or when their own clocks show the time.
 * @param slot the instant, epoch ms; where it goes by each person's clocks what these are to show, as ms since 1 January 1970 there
 */
export function enterAudience(profile: ProfileState, { journey: id, version, key, slot }: AudienceCall, ctx: AdvanceContext): Advance {
  const cause = `audience:${id}:${key}:${slot}`
  const draft = openDraft(profile, ctx, cause)
  catchUpWithTime(draft, draft.now, hearFacts)
  const [journey, index] = versionFor(draft, id, version, key)
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
