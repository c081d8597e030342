/**
 * Journeys: definitions as they are published, and what is going on in them.
 *
 * - *definition*: a journey, segment or template as its author wrote it · *version*: one published state of it, never changed.
 * - *epoch*: the number of a publication; every shard passes from one to the next at a point of its own order.
 * - *test run*: one person taken through a draft by a clock of its own, of which nothing is kept.
 * - *rehearsal*: a draft run over history, of which nothing is kept.
 * - *state*: how a journey stands whatever its version: live, paused, draining, stopped or archived.
 * - *run*: one person on the way through one version of a journey · *edge*: a way out of a step, with the passages counted.
 * - *move*: people taken from a step to another, or out of the journey, because somebody asked for it.
 * - *brief*: a journey as its answers to seventeen questions, with what was measured.
 * - *ready-made*: a journey with its templates and segments that comes with Throughline, for a shop to take over and change.
 * - *draft*: a journey that is being edited; it goes nowhere until it is published · *revision*: one saved state of it.
 */
export { tellStepAnswer, tellStepAnswers } from './tell-step-answer.ts'
export { answerRequests } from './answer-requests.ts'
export { announceAudiences } from './audiences.ts'
export { makeConversionHandlers } from './conversions/handlers.ts'
export { makeExperimentHandlers } from './experiments/handlers.ts'
export { makeBriefHandlers } from './brief/handlers.ts'
export { makeJourneyHandlers, type JourneyDeps } from './handlers.ts'
export { makeJourneyPeopleHandlers } from './people/handlers.ts'
export { dropOldMoves } from './people/moves.ts'
export { makeJourneyDraftHandlers } from './drafts/handlers.ts'
export { announceEpoch, announceFigures } from './publish.ts'
export { loadLatest, loadLatestOf, type StoredDefinition } from './store.ts'
export { makeReadyMadeHandlers } from './ready-made/handlers.ts'
export { placeholderSite, readReadyMade, type ReadyMade } from './ready-made/read.ts'
export { makeRehearsalHandlers } from './rehearsal/handlers.ts'
export type { PastFanOut } from './rehearsal/rehearse.ts'
export { makeTestRunHandlers } from './test-run/handlers.ts'
export { readJourneyStates, writeJourneyState } from './state-store.ts'
