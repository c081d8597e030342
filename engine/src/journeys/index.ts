/**
 * Journeys: steps that a person goes through.
 *
 * step: a place in the journey · run: one person on the way through one version of it · port: a way out of a step ·
 * edge: a way from step to step, counted · hop: one step taken · resolve: what a step makes of an arrival, a wake-up or an
 * event · entry: one of the things that start it · key: what makes runs of one person differ · slot: what is remembered of having
 * been in it, by key · watch: a condition that, being true, ends a run · undecided: hangs on a condition that is still pending.
 */
export type { Cause, Deed, Port, Resolution, Visit } from './behaviour.ts'
export {
  answersOf,
  draftFromAnswers,
  isFurther,
  readAnswers,
  type BriefAnswer,
  type Drafted,
  type DraftFacts,
  type ReadAnswers,
} from './brief/index.ts'
export { compileCampaign, journeyOfCampaign, type CompiledCampaign } from './campaign.ts'
export { onlyVariant, stepOf, variantNamesOf, type SendPart, type Turn } from './campaign-draw.ts'
export { compareTurns, compileJourney, type CompiledJourney } from './compile.ts'
export type { DueDate } from './dates.ts'
export { describeJourney, describeStep, hearsAnything, isAnswered, saysMessages, waysOutOf } from './describe.ts'
export { audienceReached, dateReached, formEventOf, traitChange, type CompiledEntry } from './entries.ts'
export { isSlotOf, keyIn, slotOf } from './key.ts'
export { rememberMessage, rememberStep } from './look-back.ts'
export { noteOutcome } from './outcomes.ts'
export { describeExit, nameOfGoal, type CompiledGoal, type CompiledWatch } from './leaving.ts'
export { choicesOf, experimentOf } from './steps/experiment.ts'
export { audienceKey, describeOccasion, latestOccasion, nextOccasion } from './occasions.ts'
export { proposeMapping, type ProposedMove } from './mapping.ts'
export {
  fillConcerns,
  isShopRequest,
  sayMisfits,
  sayReferences,
  shopEntriesOf,
  shopRequest,
  type ShopEntry,
  type ShopEvent,
} from './shop-events.ts'
export { sameGoals, sameWays, waysOf, type CompiledWays } from './ways.ts'
export { validateJourney, type Known } from './validate.ts'
export { describeGoal, describePriority, describeReentry, describeStart } from './words.ts'
