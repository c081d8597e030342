/**
 * Recency, frequency, money: where somebody stands among all buyers.
 *
 * score: 1 to 5, by fifths of all buyers · threshold: where two fifths part · cell: a recency and a frequency · group: some cells, by
 * their usual name · version: one computation of thresholds · begin: a version that starts everything anew · past: days before it, as
 * they would have been · moment: what had happened by an instant, of what had been received by another.
 */
export { lastHour } from './compute.ts'
export { makeRfmHandlers } from './handlers.ts'
export { makeRfmKeeper } from './keep.ts'
export { readCurrent, readDays, readRfm, type Version } from './store.ts'
