/**
 * Segments: who the people are, asked as a condition.
 *
 * member: who is in it now, by the engine's own decision · size: how many · preview: the answer for a condition that is being edited ·
 * by name: the events in the order in which conditions ask for them · rfm: recency, frequency, money (folder rfm).
 */
export { makeAsker, type Asker } from './ask.ts'
export { prepareByName } from './by-name.ts'
export { makeSegmentHandlers } from './handlers.ts'
export { openPast, type Past } from './past.ts'
export { makePreview } from './preview/preview.ts'
export { readUpTo } from './up-to.ts'
export { makeRfmHandlers, makeRfmKeeper, readRanks } from './rfm/index.ts'
