/**
 * What follows and why: pure functions over the contracts. No I/O, no clock, no randomness; ids are made of what is handed in.
 *
 * advance: move one person by one event or by their timer · effect: something to be written beside the person, as data ·
 * leaf: a question about past events, with a small mergeable state · pending: a leaf whose history is still being read ·
 * adopt: take in what was folded from history · fold: compute a state from all events · run: a person on the way through a
 * journey · decision: send a message or hold it back, with the reason.
 */
export {
  adoptLeaves,
  adoptProfile,
  advance,
  answerEntry,
  answerStep,
  type StepAnswer,
  beginRefold,
  doubtMemories,
  foldLeaves,
  enterAudience,
  enterCampaign,
  isInCampaign,
  leaveCampaign,
  type AudienceCall,
  foldProfile,
  mergeProfiles,
  moveRun,
  type MoveOrder,
  rankAnew,
  retireProfile,
  scopeOfFill,
  type FillScope,
  type SendCall,
  type SendOutcome,
} from './advance/index.ts'
export {
  compileMatch,
  changesToSql,
  conditionsToSql,
  contextValuesToSql,
  conditionToSql,
  contextColumns,
  contextTextToSql,
  countsToSql,
  describeClause,
  describeCondition,
  describeFilters,
  exactnessOf,
  describeMatch,
  distanceKm,
  eventNamesToSql,
  groupOf,
  leavesOf,
  pendingOf,
  makeContext,
  rfmFiguresToSql,
  rfmEvents,
  rfmPath,
  rfmStandsToSql,
  scoresOf,
  sumSaidBy,
  type ConditionContext,
  type Leaf,
  type Moment,
  type RfmTransaction,
  type RfmFigures,
  type RfmScores,
  type RfmStand,
  type RfmStandAt,
  type RfmVersion,
  type SqlOptions,
  type Instant,
  type SqlQuery,
  type Truth,
} from './conditions/index.ts'
export { calendarOf, type Calendar } from './calendar/index.ts'
export {
  compileDefinitions,
  computedTraits,
  describeTrait,
  type ComputedTrait,
  usesOfSegment,
  validateDefinitions,
  type DefinitionProblem,
} from './definitions/index.ts'
export { edgeId, type AskEffect, type ConsentEffect, type Effect, type MessageEffect } from './effects.ts'
export { choicesOf, experimentOf } from './journeys/index.ts'
export { differenceInterval, enoughPeople, rateInterval, verdictOf } from './experiments/index.ts'
export {
  audienceKey,
  answersOf,
  draftFromAnswers,
  isFurther,
  readAnswers,
  type BriefAnswer,
  type Drafted,
  type DraftFacts,
  describeExit,
  describeGoal,
  describeJourney,
  describeOccasion,
  describeReentry,
  describeStart,
  describeStep,
  journeyOfCampaign,
  latestOccasion,
  proposeMapping,
  type ProposedMove,
  saysMessages,
  fillConcerns,
  isShopRequest,
  pathsIn,
  shopEntriesOf,
  shopRequest,
  type ShopEntry,
  type ShopEvent,
  nextOccasion,
  validateJourney,
  waysOutOf,
  type Known,
} from './journeys/index.ts'
export { addressFor, channelsReachedBy, isAgreed, isBlocked, ruleNames, toE164 } from './policy/index.ts'
export type {
  Advance,
  AdvanceContext,
  CompiledDefinitions,
  DecisionSettings,
  Input,
  JourneyStanding,
  JourneyStandings,
  LeafStates,
  Ranks,
} from './ports.ts'
export { emptyProfile, type ConsentState, type Entry, type ProfileState, type Run, type Trait } from './profile.ts'
export { nextChangeAt, valueOf } from './questions.ts'
export { emptyTable, entriesOf, lookUp, tableOf, type Table } from './table.ts'
export { traitsSaidBy } from './profiles/index.ts'
export {
  makeRehearsalTally,
  planRehearsal,
  mostOfOnePerson,
  rehearsePerson,
  TooMuchForOnePerson,
  type PersonRehearsal,
  type RehearsalFigures,
  type RehearsalMoment,
  type RehearsalPlan,
  type RehearsalTally,
} from './rehearsal/index.ts'
