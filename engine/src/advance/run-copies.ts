import type { Run } from '../profile.ts'

/** A run in the making, that nobody else has seen. */
export type OpenRun = { -readonly [K in keyof Run]: Run[K] }

/*
 * Runs are copied field by field and always in one order: a rest that leaves fields out, and a spread of objects of many forms, are what
 * V8 does field by field through its runtime, at some ten times the price.
 */

/** A copy of what a run takes along from step to step: without what it waits for where it stands, and what it has tried there. */
export function leaveStep(run: Run): OpenRun {
  const { id, journey, version, step, enteredAt, since, trigger, hops } = run
  const copy: OpenRun = { id, journey, version, step, enteredAt, since, trigger, hops }
  if (run.key !== undefined) copy.key = run.key
  if (run.send !== undefined) copy.send = run.send
  if (run.entry !== undefined) copy.entry = run.entry
  if (run.asked !== undefined) copy.asked = run.asked
  if (run.reached !== undefined) copy.reached = run.reached
  if (run.passed !== undefined) copy.passed = run.passed
  if (run.messagedAt !== undefined) copy.messagedAt = run.messagedAt
  if (run.said !== undefined) copy.said = run.said
  if (run.took !== undefined) copy.took = run.took
  if (run.exposed !== undefined) copy.exposed = run.exposed
  if (run.refused !== undefined) copy.refused = run.refused
  if (run.answers !== undefined) copy.answers = run.answers
  return copy
}

/** A copy of a run that stays at its step and waits no more, or until another time. */
export function endStay(run: Run): OpenRun {
  const copy = leaveStep(run)
  if (run.best !== undefined) copy.best = run.best
  if (run.tried !== undefined) copy.tried = run.tried
  if (run.asking !== undefined) copy.asking = run.asking
  if (run.answered !== undefined) copy.answered = run.answered
  return copy
}
