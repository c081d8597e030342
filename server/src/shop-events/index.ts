/**
 * Shop events: what the shop says of no person in particular, such as a price drop, and the people whom it concerns.
 *
 * - *shop event*: one such word, by its message id; taken once.
 * - *turn*: a journey that it lets people into, with how far they have been asked for.
 * - *concerned*: who fits the condition of a journey's entry, with the event's values in it, by what was known when the event was received.
 * - *fan-out*: one entry event for each of those concerned.
 */
export { fanOutShopEvents, type FanOutDeps } from './fan-out.ts'
export { makeShopEventHandlers } from './handlers.ts'
export { makePastFanOut } from './past.ts'
export { dropOldShopEvents } from './store.ts'
