/**
 * Segments: who the people are, asked as a condition.
 *
 * member: who is in it now, by the engine's own decision · size: how many · preview: the answer for a condition that is being edited ·
 * by name: the events in the order in which conditions ask for them · rfm: recency, frequency, money (folder rfm) · answer rates: what everybody
 * answers by each channel (folder answer-rates) · ranks: both, as they are in force.
 */
export { makeAsker, type Asker } from './ask.ts'
export { prepareByName } from './by-name.ts'
export { makeSegmentHandlers } from './handlers.ts'
export { openPast, type Past } from './past.ts'
export { makePreview } from './preview/preview.ts'
export { readUpTo } from './up-to.ts'
export { makeRfmHandlers, makeRfmKeeper } from './rfm/index.ts'
export { makeAnswerRatesHandlers, makeAnswerRatesKeeper } from './answer-rates/index.ts'
export { readRanks } from './ranks.ts'
