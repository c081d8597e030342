import type { ImportMapping } from '@throughline/contracts'
import { normaliseIdentifier } from '../../identity/index.ts'
import { eachRow, readChannel, type Cells, type RowReader } from './kind.ts'

/** Words of exports for why an address gets nothing, as suppressions name it; anything else stays as it is. */
function reasonOf(word: string): string {
  if (/bounce|invalid|does not exist/i.test(word)) return 'bounced'
  if (/complain|spam|abuse/i.test(word)) return 'complaint'
  if (word === '' || /unsub|opt/i.test(word)) return 'unsubscribed'
  return word.slice(0, 100)
}

/** Rows that are addresses which get nothing, whoever they belong to. */
export function readSuppressions(mapping: ImportMapping, cells: Cells): RowReader {
  return eachRow((row, errors) => {
    const said = cells.text(row, 'address')
    const channel = readChannel(cells.text(row, 'channel') || (mapping.channel ?? 'email'), cells, errors)
    const address = channel === 'email' ? normaliseIdentifier('email', said)?.value : said
    if (address === undefined || address === '' || address.length > 320) {
      errors.push({
        column: cells.column('address'),
        value: said || null,
        reason: 'This is no address.',
        allowed: 'an address such as lena@example.org',
      })
      return null
    }
    const at = cells.time(row, errors, false)
    return { identifiers: [], at, suppression: { channel, address, reason: reasonOf(cells.text(row, 'reason')) } }
  })
}
