/**
 * What is known of a person, and how events change it.
 *
 * trait: a value and when it was said; the later word stays · consent: yes or no to a channel, or to a topic on it ·
 * suppression: an address that is to get nothing · word: one thing said at one instant · tie: two words of the same
 * millisecond.
 */
export { consentKey } from './consents.ts'
export { addTrait, traitsSaidBy } from './traits.ts'
export { learnFrom, type Known, type Learned } from './learn.ts'
export { fillTraits, mergeConsents, mergeTraits, mergeWithdrawals } from './merge.ts'
export { addAddressWord, mergeSuppressed, suppressionKey } from './suppressions.ts'
