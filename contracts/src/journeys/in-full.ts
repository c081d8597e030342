import type { JourneyEntry } from './entries.ts'
import type { JourneyDefinition } from './journey.ts'
import type { JourneyExit, JourneyGoal } from './leaving.ts'
import type { Reentry } from './reentry.ts'

/** What starts a journey, whether its author wrote it in short or in full. */
export function startsOf({ entry, entries }: Pick<JourneyDefinition, 'entry' | 'entries'>): readonly JourneyEntry[] {
  if (entry === undefined) return entries ?? []
  return [{ kind: 'event', on: entry.on, ...(entry.if !== undefined && { if: entry.if }) }]
}

/** Whether somebody who was in it comes in again. */
export function reentryOf({ entry, reentry }: Pick<JourneyDefinition, 'entry' | 'reentry'>): Reentry {
  return entry?.reentry ?? reentry ?? { kind: 'never' }
}

/** What it is for. */
export function goalsOf({ goal, goals }: Pick<JourneyDefinition, 'goal' | 'goals'>): readonly JourneyGoal[] {
  if (goal === undefined) return goals ?? []
  return [{ ...(goal.name !== undefined && { name: goal.name }), on: goal.on, since: 'entry', afterwards: 'leave' }]
}

/** What ends it otherwise. */
export function exitsOf({ exitOn, exits }: Pick<JourneyDefinition, 'exitOn' | 'exits'>): readonly JourneyExit[] {
  return [...(exitOn ?? []).map((on): JourneyExit => ({ kind: 'event', on })), ...(exits ?? [])]
}
