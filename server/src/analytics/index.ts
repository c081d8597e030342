/**
 * Analytics: figures over everybody, and how the program itself is doing.
 *
 * - *figure*: a number for a page, taken again when it is cheap to · *behind*: accepted, and not handled or exported yet.
 * - *component*: a part of the program that can be down for itself, with a sentence on how it is.
 */
export { makeOverviewHandlers, type OverviewDeps } from './overview.ts'
export { makeStatusHandlers, type StatusDeps } from './status.ts'
