import type { Advance } from '../ports.ts'
import type { ProfileState } from '../profile.ts'
import type { Draft } from './draft.ts'
import { nextWatch, wakingAt } from './leaving.ts'

function earlier(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b < a) ? b : a
}

/** The profile as it is now, the very object that came in when nothing changed; and what has to be written beside it. */
export function closeDraft(draft: Draft): Advance {
  const { base } = draft
  let nextTimerAt = earlier(earlier(draft.flipsAt ?? null, draft.entersAt ?? null), nextWatch(draft))
  // A run whose journey is not among the definitions, or is paused, stays where it is; a timer for it would fire for ever.
  for (const run of draft.runs) nextTimerAt = earlier(nextTimerAt, wakingAt(draft, run) ?? null)
  const changed =
    draft.traits !== base.traits ||
    draft.memories !== base.memories ||
    draft.segments !== base.segments ||
    draft.runs !== base.runs ||
    draft.messaged !== base.messaged ||
    draft.entries !== base.entries ||
    draft.consents !== base.consents ||
    draft.suppressed !== base.suppressed ||
    draft.pending !== base.pending ||
    draft.flipsAt !== base.flipsAt ||
    draft.entersAt !== base.entersAt
  if (!changed) return { profile: base, effects: draft.effects, nextTimerAt }
  const { traits, consents, suppressed, memories, segments, entries, runs, messaged, pending, flipsAt, entersAt } = draft
  const profile: { -readonly [K in keyof ProfileState]: ProfileState[K] } = {
    id: base.id,
    createdAt: base.createdAt,
    traits,
    consents,
    suppressed,
    memories,
    segments,
    entries,
    runs,
  }
  if (messaged !== undefined && messaged.length > 0) profile.messaged = messaged
  if (pending !== undefined && pending.length > 0) {
    profile.pending = pending
    if (base.refold !== undefined) profile.refold = base.refold
  }
  if (flipsAt !== undefined) profile.flipsAt = flipsAt
  if (entersAt !== undefined) profile.entersAt = entersAt
  return { profile, effects: draft.effects, nextTimerAt }
}
