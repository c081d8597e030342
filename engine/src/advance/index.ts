/**
 * Advancing: what follows from an event, from the passing of time, and from history that was read.
 *
 * draft: a profile while it is being advanced · fact: what was concluded, an entry of the timeline · heard: an event or fact
 * that leaves and journeys have been told · flip: a membership that time alone changes · filled: decided because history was
 * read, so that it starts nothing · gate: where a run stands whose entry condition is pending.
 */
export { answerEntry, answerStep, type StepAnswer } from './answer.ts'
export { enterAudience, type AudienceCall } from './audience.ts'
export { moveRun, type MoveOrder } from './move.ts'
export { enterCampaign, isInCampaign, leaveCampaign, type SendCall, type SendOutcome } from './campaign.ts'
export { rankAnew } from './rank.ts'
export { adoptLeaves, adoptProfile, beginRefold, doubtMemories, mergeProfiles } from './adopt.ts'
export { advance } from './advance.ts'
export { foldLeaves, scopeOfFill, type FillScope } from './fill.ts'
export { foldProfile } from './fold.ts'
export { retireProfile } from './retire.ts'
