/**
 * Conditions: questions about one person with a yes or no.
 *
 * comparison: how one value is compared · filter: a comparison of a property of an event · match: which events are meant ·
 * kind: one sort of question, a file of its own · tree: conditions made of conditions.
 */
export * from './comparison.ts'
export * from './date.ts'
export * from './filters.ts'
export * from './event-match.ts'
export * from './trait.ts'
export * from './selection.ts'
export * from './window.ts'
export * from './event.ts'
export * from './measure.ts'
export * from './sequence.ts'
export * from './standing.ts'
export * from './computed.ts'
export * from './context.ts'
export * from './near.ts'
export * from './rfm.ts'
export * from './tree.ts'
