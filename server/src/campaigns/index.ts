/**
 * Campaigns: one message to an audience, and what became of everybody in it.
 *
 * - *campaign*: the definition; publishing it sends nothing · *send*: one time that it goes out, numbered.
 * - *series*: a campaign that goes out again and again; each send orders the next one when it begins.
 * - *conductor*: hands out turns to the shards, as many messages at a time as the outbox and the throttle have room for.
 * - *turn*: a shard's leave to let so many messages come about · *cursor*: how far a send has come in a shard.
 * - *allowance*: messages that the throttle allows by now and that were not handed out yet.
 * - *tally*: audience = sent + held back + cancelled + under way.
 * - *earnings*: what people ordered within a time after their message of a send.
 * - *test*: the part of an audience that gets the variants first · *rest*: the others, who get the one that was chosen · *group*: whom a variant was given
 *   to, the rest, or who is held out.
 * - *approval*: a second person's word that a send may go out · *gate*: what a send has to pass where the workspace asks for one · *digest*: a hash of what was approved.
 * - *ramp*: stages in which an audience gets a send, each with those before it · *halt*: it is paused by itself, since too much went wrong.
 * - *full stop*: no campaign, journey or marketing message goes on until it is lifted.
 */
export { conductSends } from './conduct.ts'
export { makeCampaignHandlers, type CampaignDeps } from './handlers.ts'
export { clearResends } from './resend-people.ts'
export { decideWinners } from './variants/decide.ts'
export { learnWeights } from './variants/learn.ts'
