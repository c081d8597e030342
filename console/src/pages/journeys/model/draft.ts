import { exitsOf, goalsOf, reentryOf, startsOf } from '@throughline/contracts'
import type { JourneyDefinition, JourneyDraft, JourneyEntry, JourneyExit, JourneyGoal, Reentry, Step } from '@throughline/contracts'

type Short = 'entry' | 'goal' | 'exitOn'
/** A journey while it is edited: a definition in full, with fields that may still be empty. */
export type Draft = Omit<JourneyDefinition, Short | 'entries' | 'reentry' | 'goals' | 'exits'> & {
  readonly entries: readonly JourneyEntry[]
  readonly reentry: Reentry
  readonly goals: readonly JourneyGoal[]
  readonly exits: readonly JourneyExit[]
}

/** A journey of which only the name is said. */
export function blankJourney(id: string, name: string): Draft {
  const entries: readonly JourneyEntry[] = [{ kind: 'event', on: { event: '' } }]
  return { kind: 'journey', id, name, entries, reentry: { kind: 'never' }, goals: [], exits: [], start: '', steps: {} }
}

/** A definition in full, as it is edited. */
export function inFull(definition: JourneyDefinition): Draft {
  const { entry: _, goal: __, exitOn: ___, ...rest } = definition
  return { ...rest, entries: startsOf(definition), reentry: reentryOf(definition), goals: goalsOf(definition), exits: exitsOf(definition) }
}

/** A draft as a definition, in short where that says the same: as most authors write it, and as nothing has changed where nothing has. */
export function inShort(draft: Draft): JourneyDefinition {
  const { entries, reentry, goals, exits, ...rest } = draft
  const [start, another] = entries
  const [goal, other] = goals
  const plain =
    goal !== undefined &&
    other === undefined &&
    goal.if === undefined &&
    goal.key === undefined &&
    goal.within === undefined &&
    goal.afterwards === 'leave'
  const events = exits.flatMap((exit) => (exit.kind === 'event' && exit.key === undefined ? [exit.on] : []))
  return {
    ...rest,
    ...(start?.kind === 'event' && another === undefined
      ? { entry: { on: start.on, ...(start.if !== undefined && { if: start.if }), reentry } }
      : { entries: [...entries], reentry }),
    ...(goal !== undefined &&
      (plain ? { goal: { ...(goal.name !== undefined && { name: goal.name }), on: goal.on } } : { goals: [...goals] })),
    ...(exits.length > 0 && (events.length === exits.length ? { exitOn: events } : { exits: [...exits] })),
  }
}

/** A draft as the server kept it. JSON has no number for a field that is still empty, and says `null` there. */
export function readDraft(kept: JourneyDraft['definition']): Draft {
  const steps = Object.fromEntries(
    Object.entries(kept.steps).map(([id, step]) => [id, step.kind === 'update-profile' ? step : (withGaps(step) as Step)]),
  )
  return inFull({ ...(withGaps(kept) as object), steps } as JourneyDefinition)
}

function withGaps(value: unknown): unknown {
  if (value === null) return Number.NaN
  if (Array.isArray(value)) return value.map(withGaps)
  if (typeof value !== 'object') return value
  // Where a trait changes, it may have been nothing at all before, or become nothing.
  const mayBeNothing = 'kind' in value && value.kind === 'trait' && !('compare' in value)
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      one === null && mayBeNothing && (name === 'from' || name === 'to') ? null : withGaps(one),
    ]),
  )
}

/** The draft as it is kept; unlike a definition it may say anything. */
export function writeDraft(draft: Draft): JourneyDraft['definition'] {
  return JSON.parse(JSON.stringify(inShort(draft))) as JourneyDraft['definition']
}
