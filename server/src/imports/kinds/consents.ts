import type { ImportMapping } from '@throughline/contracts'
import { eachRow, readChannel, readState, type Cells, type RowReader } from './kind.ts'

/** Rows that are consents: who said yes or no, to which channel and topic, and when. */
export function readConsents(mapping: ImportMapping, cells: Cells): RowReader {
  return eachRow((row, errors) => {
    const identifiers = cells.identifiers(row, errors)
    const at = cells.time(row, errors, false)
    const channel = readChannel(cells.text(row, 'channel') || (mapping.channel ?? 'email'), cells, errors)
    const word = cells.text(row, 'state')
    const state = word === '' ? mapping.state : readState(word)
    if (state === undefined || state === null) {
      errors.push({
        column: cells.has('state') ? cells.column('state') : null,
        value: word || null,
        reason: word === '' ? 'Nothing says whether they agreed.' : 'This does not say whether they agreed.',
        allowed: 'granted or withdrawn, subscribed or unsubscribed, yes or no',
      })
      return null
    }
    const wording = cells.text(row, 'wording')
    return { identifiers, at, consent: { channel, topic: cells.text(row, 'topic'), state, ...(wording !== '' && { wording }) } }
  })
}
