/**
 * What everybody answers: of the messages that the shop sent by each channel, those that people opened, clicked in or replied to. The
 * learned order of channels goes by it.
 *
 * counts: messages and answers of a channel, over everybody · strength: how alike people are, as a number of messages · version: one
 * computation, in force from an epoch of the definitions on.
 */
export { makeAnswerRatesHandlers } from './handlers.ts'
export { makeAnswerRatesKeeper } from './keep.ts'
export { readAnswerRates } from './store.ts'
