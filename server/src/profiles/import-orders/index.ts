/**
 * Reading a shop's past orders out of a file of order lines.
 *
 * mapping: how one shop's file is to be read, kept as YAML · line: one row of the file, one article of one order ·
 * document: all lines with one order number: an order, a credit note or an adjustment ·
 * survey: a first pass that learns which orders come in pieces · outcome: where a line ended up, one of a fixed list ·
 * report: how many lines, and how much money, ended up where; it adds up · checkpoint: how far an interrupted import came.
 */
export { ImportError } from './errors.ts'
export { parseMapping, type Mapping } from './mapping.ts'
export { renderReport, type ImportReport } from './report.ts'
export { importOrders, type ImportOptions, type ImportProgress } from './import-orders.ts'
export type { ImportPort, SendResult } from './send.ts'
export { orderParts } from './order-parts.ts'
export { zonedToUtc } from './local-time.ts'
