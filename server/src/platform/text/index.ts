/**
 * Text: forms of text that several domains write.
 *
 * - *canonical*: JSON that is the same text for the same value · *cell*: a value as a CSV file holds it.
 */
export { canonicalJson } from './canonical-json.ts'
export { csvCell } from './csv-cell.ts'
