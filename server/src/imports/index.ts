/**
 * Imports: people, events, orders, consents and suppressions out of files.
 *
 * - *kind*: what the rows of a file are · *mapping*: how the file is read and what becomes of each column.
 * - *sample*: the first rows, as the mapping reads them · *preset*: a ready mapping for another tool's export.
 * - *item*: what one row, or the rows of one order, say · *verdict*: whether that is new, changed, unchanged, or kept back by an opt-out.
 * - *check*: the whole file read and weighed, nothing written · *run*: the same, written; it can be interrupted at any row.
 * - *intake*: how files that somebody else fetches become imports.
 * - *refused*: a row that cannot be taken, with column, value, reason and what is allowed.
 */
export { makeImportHandlers, type ImportDeps } from './handlers.ts'
export { makeFiles, type Files } from './files.ts'
export { makeIntake, type Intake } from './intake.ts'
export { requireMapping } from './mapping/check.ts'
export { describeRows, readRows, suggestRows, type Rows } from './rows.ts'
export type { Item, Refused } from './kinds/kind.ts'
export { startImportWorker } from './worker.ts'
