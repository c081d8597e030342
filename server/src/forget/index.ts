/**
 * Forget: how a person's right to be forgotten is kept.
 *
 * - *forgotten*: everything known of somebody is gone everywhere; of their identifiers an HMAC stays, so that they do not come back.
 * - *receipt*: what proves it: when, by whom, how much went from where. It names nobody.
 * - *allow*: to let somebody come back under an identifier; nothing of what was known returns, their opt-outs do.
 *
 * The deleting itself is the pipeline's (pipeline/erase), since only it knows what is still on its way.
 */
export { makeForgetHandlers } from './handlers.ts'
export { readBeingForgotten } from './request.ts'
