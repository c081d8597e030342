/**
 * Campaigns: one message to an audience.
 *
 * audience: whom it is for · exclusion: a segment whose people get nothing of it · send: one time that it goes out, with a number,
 * figures and an end of its own · goal: what people are to do after their message · variant: one of several things that it says · hold-out: people who
 * get nothing, to compare with · test: the part of the audience that gets the variants before the rest gets the winner · learned weights: how many get
 * which variant follows from how likely each is the best, by what came of it so far.
 */
export { campaignSchema, type CampaignDefinition, type CampaignWhen } from './campaign.ts'
export { usualGoal, type CampaignGoal } from './goal.ts'
export { learnMetrics, type CampaignLearn, type LearnMetric } from './learn.ts'
export { type CampaignRamp } from './ramp.ts'
export { winnerMetrics, type CampaignWinner, type WinnerMetric } from './variants.ts'
export {
  resendToSchema,
  sendActions,
  sendActionSchema,
  sendStates,
  sendStateSchema,
  type ResendTo,
  type SendAction,
  type SendState,
} from './send.ts'
