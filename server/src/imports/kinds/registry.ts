import type { ImportKind, ImportMapping } from '@throughline/contracts'
import { readConsents } from './consents.ts'
import { readEvents } from './events.ts'
import type { Cells, RowReader } from './kind.ts'
import { readOrders } from './orders.ts'
import { readPeople } from './people.ts'
import { readSuppressions } from './suppressions.ts'

/** How the rows of each kind are read. */
export const rowReaders: { readonly [K in ImportKind]: (mapping: ImportMapping, cells: Cells) => RowReader } = {
  people: readPeople,
  events: readEvents,
  orders: readOrders,
  consents: readConsents,
  suppressions: readSuppressions,
}
