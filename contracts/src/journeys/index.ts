/**
 * Journeys: steps that a person goes through.
 *
 * entry: what starts it · re-entry: whether somebody comes in again · step: one kind, a file of its own · goal: what it is for,
 * and the end of it · exit: what ends it otherwise.
 */
export {
  journeyAnswersSchema,
  journeyQuestions,
  reactionKinds,
  watchedPlaces,
  type JourneyAnswers,
  type JourneyQuestion,
} from './answers.ts'
export { concernsSchema, eventValuePath } from './concerns.ts'
export type { JourneyEntry, JourneyEntryOf, Occasion } from './entries.ts'
export { exitsOf, goalsOf, reentryOf, startsOf } from './in-full.ts'
export { journeySchema, type JourneyDefinition } from './journey.ts'
export type { JourneyExit, JourneyGoal } from './leaving.ts'
export { versionMoveSchema, type VersionMove } from './moving.ts'
export { namedPriorities, priorityOf, priorityWords, type Alone } from './priority.ts'
export type { Reentry } from './reentry.ts'
export { journeyStates, journeyStateSchema, type JourneyState } from './state.ts'
export { holdOutName } from './steps/experiment.ts'
export { reactions } from './steps/reaction.ts'
export type { StepResult } from './steps/step-result.ts'
export { stepSchema, type Step, type StepKind, type StepOf } from './steps/index.ts'
export type { Taken } from './steps/taken.ts'
