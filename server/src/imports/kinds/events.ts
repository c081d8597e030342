import type { ImportMapping } from '@throughline/contracts'
import { eachRow, type Cells, type RowReader } from './kind.ts'

/** Rows that are events: whose, which, when, and what about it. */
export function readEvents(mapping: ImportMapping, cells: Cells): RowReader {
  return eachRow((row, errors) => {
    const identifiers = cells.identifiers(row, errors)
    const at = cells.time(row, errors, true)
    const name = cells.text(row, 'event') || (mapping.event ?? '')
    if (name === '')
      errors.push({
        column: cells.column('event'),
        value: null,
        reason: 'The name of the event is missing.',
        allowed: 'a name such as Order Completed',
      })
    const properties = cells.values(row, 'property', errors)
    const id = cells.text(row, 'message_id')
    return { identifiers, at, event: { name, properties, ...(id !== '' && { messageId: id }) } }
  })
}
