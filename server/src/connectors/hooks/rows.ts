import type { Json } from '@throughline/contracts'
import type { Rows } from '../../imports/index.ts'
import { valueAt } from './json.ts'

/**
 * The rows of one thing that was told: one, or where paths lead into a list (`lines[].sku`) one for each entry of that list, with
 * what stands outside of it in each.
 */
export function rowsOf(thing: Json, columns: readonly string[]): Rows {
  const list = columns.find((column) => column.includes('[]'))?.split('[]')[0]
  const entries = list === undefined ? [null] : valueAt(thing, list)
  const lines = Array.isArray(entries) && entries.length > 0 ? entries : [null]
  const cells = lines.map((line) =>
    columns.map((column): Json => {
      const [before = '', behind] = column.split('[]', 2)
      if (behind === undefined) return plain(valueAt(thing, column))
      return before === list ? plain(valueAt(line, behind.replace(/^\./, ''))) : null
    }),
  )
  return { columns, cells }
}

const plain = (value: Json): Json => (value === '' ? null : value)
