import type { Condition } from '@throughline/contracts'
import * as conditions from './conditions/index.ts'
import type { AdvanceContext, CompiledDefinitions } from './ports.ts'
import type { ProfileState } from './profile.ts'

/**
 * Whether the condition holds for this person at `ctx.now`; `'pending'` when it hangs on a leaf whose history is still being
 * read. Exact for leaves that published definitions keep, at instants not before the last event. Without definitions, days are
 * those of UTC, and what a condition names is not found.
 */
export function valueOf(
  condition: Condition,
  profile: ProfileState,
  ctx: Pick<AdvanceContext, 'now' | 'pending'> & Partial<Pick<AdvanceContext, 'definitions'>>,
): conditions.Truth {
  return conditions.valueOf(condition, { ...profile, shardPending: ctx.pending }, ctx.now, ctx.definitions?.context)
}

const nonePending: ReadonlySet<string> = new Set()

/** The first instant after `now` at which time alone may change the answer, epoch ms; `null`: never. Until then it is constant. */
export function nextChangeAt(condition: Condition, profile: ProfileState, now: number, definitions?: CompiledDefinitions): number | null {
  return conditions.nextChangeAt(condition, { ...profile, shardPending: nonePending }, now, definitions?.context)
}
