import { acceptLimits, orderMessageId, type ImportMapping, type JsonObject } from '@throughline/contracts'
import { orderParts } from '../../profiles/index.ts'
import type { Row } from '../read/table.ts'
import type { RowError } from '../values/convert.ts'
import { minorDigits, readNumber } from '../values/read.ts'
import { makeSeen } from '../seen.ts'
import { brokenError, currencyOf, type Cells, type Item, type Refused, type RowReader } from './kind.ts'

/** Decimals of a minor unit that the price of one may have: screws and sheets of paper cost less than a cent. */
export const FINER = 4
const unit = 10 ** FINER
/** Of an event, what is left to its name, person, time and the fields that Throughline adds. */
const FRAME_BYTES = 2 * 1024
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
  const values = cells.values(first, 'property', errors)
  note(first, errors)
  const products: JsonObject[] = []
  let lineSum = 0
  for (const [index, row] of rows.entries()) {
    const own: RowError[] = []
    const line = readLine(row, mapping, cells, digits, own)
    if (index > 0 || errors.length === 0) note(row, own)
    lineSum += line.exact
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
  // Rounded once, at the end, halves away from zero.
  const { sign = Math.sign(lineSum), ...said } = amounts
  const total = said['total_minor'] ?? Math.round(Math.abs(lineSum) / unit)
  const coupon = cells.text(first, 'coupon')
  const properties = {
    ...values,
    order_id: id,
    ...said,
    total: main(total),
    total_minor: total,
    currency,
    ...(coupon !== '' && { coupon }),
  }
  const room = acceptLimits.eventBytes - FRAME_BYTES - Buffer.byteLength(JSON.stringify(properties))
  const [fitting = [], ...rest] = orderParts(products, room)
  const messageId = orderMessageId(sign < 0 ? 'refund' : 'order', id)
  return [
    {
      rows: rows.map(({ number }) => number),
      identifiers,
      at,
      event: {
        name: sign < 0 ? 'Order Refunded' : 'Order Completed',
        messageId,
        properties: {
          ...properties,
          ...(rest.length > 0 && { products_total: products.length }),
          ...(fitting.length > 0 && { products: fitting }),
        },
      },
      more: rest.map((part, index) => ({
        name: 'Order Continued',
        messageId: `${messageId}:part-${index + 2}`,
        properties: { order_id: id, part: index + 2, products: part },
      })),
    },
  ]
}

/** One line: the product it is about, and what it costs, in `unit`s of a minor unit. */
function readLine(
  row: Row,
  mapping: ImportMapping,
  cells: Cells,
  digits: number,
  errors: RowError[],
): { product: JsonObject | null; exact: number } {
  const sku = cells.text(row, 'sku')
  const name = cells.text(row, 'product')
  const price = cells.money(row, 'price', errors, FINER)
  const counted = cells.text(row, 'quantity')
  const quantity = counted === '' ? 1 : readNumber(counted, mapping.file.decimalMark)
  if (quantity === null)
    errors.push({ column: cells.column('quantity'), value: counted, reason: 'This is no quantity.', allowed: 'a number' })
  const exact = Math.round((price ?? 0) * (quantity ?? 0))
  if (sku === '' && name === '' && price === null) return { product: null, exact: 0 }
  const product = {
    ...(sku !== '' && { product_id: sku, sku }),
    ...(name !== '' && { name }),
    ...(price !== null && { price: price / 10 ** (digits + FINER) }),
    quantity: Math.abs(quantity ?? 1),
  }
  return { product, exact }
}
