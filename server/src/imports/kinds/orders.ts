import { orderMessageId, type ImportMapping, type JsonObject } from '@throughline/contracts'
import type { Row } from '../read/table.ts'
import type { RowError } from '../values/convert.ts'
import { minorDigits, readNumber } from '../values/read.ts'
import { makeSeen } from '../seen.ts'
import { brokenError, currencyOf, type Cells, type Item, type Refused, type RowReader } from './kind.ts'

/** Lines of one order; beyond that its rows are not one order but a mistake in the mapping. */
const MAX_LINES = 5_000
const sums = ['revenue', 'shipping', 'tax', 'discount'] as const

/**
 * Rows that are orders, or lines of orders which stand next to each other: one event for each order number. A number that
 * comes again further down is refused, since the first part has been told by then.
 */
export function readOrders(mapping: ImportMapping, cells: Cells): RowReader {
  const seen = makeSeen()
  let current = ''
  let rows: Row[] = []

  const close = (): (Item | Refused)[] => {
    const [lines, id] = [rows, current]
    rows = []
    if (lines.length === 0) return []
    if (!seen.add(id))
      return lines.map(({ number }) =>
        refuse(number, {
          column: cells.column('order_id'),
          value: id,
          reason: 'Other rows of this order stand further up.',
          allowed: 'all rows of an order next to each other: sort the file by order',
        }),
      )
    return readOrder(id, lines, mapping, cells)
  }

  return {
    read(row) {
      if (row.broken !== undefined) return [...close(), { row: row.number, errors: [brokenError(row.broken)] }]
      const id = cells.text(row, 'order_id')
      if (id === '' || id.length > 200)
        return [
          ...close(),
          refuse(row.number, {
            column: cells.column('order_id'),
            value: id || null,
            reason: 'The order number is missing or too long.',
            allowed: '1 to 200 characters',
          }),
        ]
      const before = id === current && rows.length < MAX_LINES ? [] : close()
      current = id
      rows.push(row)
      return before
    },
    end: close,
  }
}

const refuse = (row: number, ...errors: RowError[]): Refused => ({ row, errors })

function readOrder(id: string, rows: readonly Row[], mapping: ImportMapping, cells: Cells): (Item | Refused)[] {
  const first = rows[0]!
  const broken: Refused[] = []
  const note = (row: Row, errors: RowError[]): void => {
    if (errors.length > 0) broken.push({ row: row.number, errors })
  }
  const errors: RowError[] = []
  const identifiers = cells.identifiers(first, errors)
  const at = cells.time(first, errors, true)
  const currency = currencyOf(cells, first, mapping)
  const digits = minorDigits(currency)
  const main = (minor: number): number => minor / 10 ** digits
  const amounts: { [name: string]: number } = {}
  for (const name of ['total', ...sums] as const) {
    const minor = cells.money(first, name, errors)
    if (minor !== null) Object.assign(amounts, { [name]: main(Math.abs(minor)), [`${name}_minor`]: Math.abs(minor) })
    if (name === 'total' && minor !== null) amounts['sign'] = Math.sign(minor)
  }
  const properties = cells.values(first, 'property', errors)
  note(first, errors)
  const products: JsonObject[] = []
  let lineSum = 0
  for (const [index, row] of rows.entries()) {
    const own: RowError[] = []
    const line = readLine(row, mapping, cells, digits, own)
    if (index > 0 || errors.length === 0) note(row, own)
    lineSum += line.minor
    if (line.product !== null) products.push(line.product)
  }
  if (broken.length > 0) {
    const at = new Set(broken.map(({ row }) => row))
    const reason = `It belongs to the order ${id}, of which row ${broken[0]!.row} cannot be read.`
    return rows.map((row) =>
      at.has(row.number)
        ? broken.find((one) => one.row === row.number)!
        : refuse(row.number, { column: null, value: null, reason, allowed: null }),
    )
  }
  const { sign = Math.sign(lineSum), ...said } = amounts
  const total = said['total_minor'] ?? Math.abs(lineSum)
  const coupon = cells.text(first, 'coupon')
  const event = {
    name: sign < 0 ? 'Order Refunded' : 'Order Completed',
    messageId: orderMessageId(sign < 0 ? 'refund' : 'order', id),
    properties: {
      ...properties,
      order_id: id,
      ...said,
      total: main(total),
      total_minor: total,
      currency,
      ...(coupon !== '' && { coupon }),
      ...(products.length > 0 && { products }),
    },
  }
  return [{ rows: rows.map(({ number }) => number), identifiers, at, event }]
}

/** One line: the product it is about, and what it costs in minor units. */
function readLine(
  row: Row,
  mapping: ImportMapping,
  cells: Cells,
  digits: number,
  errors: RowError[],
): { product: JsonObject | null; minor: number } {
  const sku = cells.text(row, 'sku')
  const name = cells.text(row, 'product')
  const price = cells.money(row, 'price', errors)
  const counted = cells.text(row, 'quantity')
  const quantity = counted === '' ? 1 : readNumber(counted, mapping.file.decimalMark)
  if (quantity === null)
    errors.push({ column: cells.column('quantity'), value: counted, reason: 'This is no quantity.', allowed: 'a number' })
  const minor = Math.round((price ?? 0) * (quantity ?? 0))
  if (sku === '' && name === '' && price === null) return { product: null, minor: 0 }
  const product = {
    ...(sku !== '' && { product_id: sku, sku }),
    ...(name !== '' && { name }),
    ...(price !== null && { price: price / 10 ** digits }),
    quantity: Math.abs(quantity ?? 1),
  }
  return { product, minor }
}
