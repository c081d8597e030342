/**
 * Journeys: steps that a person goes through.
 *
 * entry: what starts it · re-entry: whether somebody comes in again · step: one kind, a file of its own · goal: what it is for,
 * and the end of it · exit: what ends it otherwise.
 */
export { journeySchema, type JourneyDefinition } from './journey.ts'
export { stepSchema, type Step, type StepKind, type StepOf } from './steps/index.ts'
