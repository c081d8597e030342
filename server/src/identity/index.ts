/**
 * Identity: which profile an event belongs to.
 *
 * - *identifier*: a value that points to one profile: a user id, e-mail address, phone number or anonymous (device) id.
 * - *strength*: the order of kinds; a stronger identifier decides, a weaker one is left out where joining would break a limit.
 * - *blocked value*: a placeholder such as "null" or "guest" that says nothing about who somebody is.
 * - *merge*: two profiles that prove to be one person; the earlier created is the *winner*, the other the *loser*.
 * - *forgotten*: a person who was erased: an HMAC of each identifier stays, so that no event brings them back.
 * - *ledger*: the record of all merges, from which a loser's id leads to its winner, and from which a merge is undone.
 */
export { normaliseIdentifier } from './normalise.ts'
export { bucketOf } from './keys.ts'
export { findForgotten, ForgottenMet, isAnybodyForgotten, names as namesForgotten, type HashIdentifier } from './forgotten.ts'
export { forgetIdentity, type Forgotten } from './forget.ts'
export { identify, lookUp, type IdentifyItem, type IdentifyResult } from './identify.ts'
export { resolveProfile, resolveProfiles } from './ledger.ts'
export { mergeByHand, planMerge, type MergePlan } from './merge-by-hand.ts'
export { unmerge, type Unmerged } from './unmerge.ts'
export type { Merge } from './resolve.ts'
