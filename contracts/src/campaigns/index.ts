/**
 * Campaigns: one message to an audience.
 *
 * audience: whom it is for · exclusion: a segment whose people get nothing of it · send: one time that it goes out, with a number,
 * figures and an end of its own.
 */
export { campaignSchema, type CampaignDefinition, type CampaignWhen } from './campaign.ts'
export { sendActions, sendActionSchema, sendStates, sendStateSchema, type SendAction, type SendState } from './send.ts'
