import { acceptLimits, orderMessageId, type Json, type JsonObject } from '@throughline/contracts'
import { fromMinor, priceToNumber, quantityToNumber, toMinor } from './decimal.ts'
import { zonedToUtc } from './local-time.ts'
import type { Mapping } from './mapping.ts'
import { orderParts } from './order-parts.ts'
import type { DocumentKind, OrderLine } from './order-line.ts'

/** Of products in one event; with its other properties and its context it stays below `acceptLimits.eventBytes`. */
const PRODUCT_BYTES = acceptLimits.eventBytes - 4 * 1024

/** All lines of one order number and one customer that belong into the event. */
export interface OrderDocument {
  readonly id: string
  readonly kind: Exclude<DocumentKind, 'adjustment'>
  readonly customer: string
  readonly lines: readonly OrderLine[]
}

/** A call of Segment's HTTP API as `POST /api/import` takes it. */
export interface ImportedCall {
  readonly type: 'track' | 'identify'
  readonly messageId: string
  readonly userId: string
  readonly timestamp: string
  readonly event?: string
  readonly properties?: JsonObject
  readonly traits?: JsonObject
}

export interface DocumentEvent {
  /** The event, and after it those that carry the products for which it had no room. */
  readonly calls: readonly [ImportedCall, ...ImportedCall[]]
  /** What the event says the document is worth, minor units; positive for a refund too. */
  readonly totalMinor: number
  /** Exact worth in the file minus what the event says (billionths of the main unit): rounding to whole minor units. */
  readonly rounding: bigint
}

/**
 * The event that a document becomes: `Order Completed`, or `Order Refunded` for a credit note, with Segment's e-commerce names
 * (https://segment.com/docs/connections/spec/ecommerce/v2/). Amounts are in the currency's main unit, as that specification has
 * them, and beside them `total_minor` and `revenue_minor` in whole minor units, to sum without rounding. Every amount is rounded
 * once, from the exact sum of its lines: revenue + shipping = total always holds in minor units.
 * An order with more products than one event may hold says how many there are (`products_total`); the others follow in
 * `Order Continued` events of the same time.
 */
export function documentEvent(document: OrderDocument, mapping: Mapping, digits: number): DocumentEvent {
  const refund = document.kind === 'credit-note'
  const sign = refund ? -1n : 1n
  const sum = (test: (line: OrderLine) => boolean) =>
    document.lines.reduce((total, line) => (test(line) ? total + sign * line.amount : total), 0n)
  const exact = sum(() => true)
  const total = toMinor(exact, digits)
  const shipping = toMinor(
    sum(({ kind }) => kind === 'shipping'),
    digits,
  )
  const discountSum = toMinor(
    sum(({ kind }) => kind === 'discount'),
    digits,
  )
  const extras: { [name: string]: number } = {
    shipping,
    // On an order a discount is an amount taken off; on a credit note one that is given back.
    discount: refund ? discountSum : -discountSum,
    fees: toMinor(
      sum(({ kind }) => kind === 'fee'),
      digits,
    ),
    adjustment: toMinor(
      sum(({ kind }) => kind === 'adjustment'),
      digits,
    ),
  }
  const main = (minor: number) => minor / 10 ** digits
  const first = Math.min(...document.lines.map(({ reading }) => reading))
  const refundOf = document.lines.find((line) => line.refundOf !== '')?.refundOf
  const properties: { [name: string]: Json } = {
    order_id: refund ? (refundOf ?? document.id) : document.id,
    ...(refund && { credit_note_id: document.id }),
    currency: mapping.currency,
    total: main(total),
    revenue: main(total - shipping),
    total_minor: total,
    revenue_minor: total - shipping,
    ...Object.fromEntries(
      Object.entries(extras)
        .filter(([, minor]) => minor !== 0)
        .map(([name, minor]) => [name, main(minor)]),
    ),
  }
  const products = document.lines.filter(({ kind }) => kind === 'goods').map(product)
  const [fitting = [], ...more] = orderParts(products, PRODUCT_BYTES)
  const messageId = orderMessageId(refund ? 'refund' : 'order', document.id, mapping.orderNumbers === 'own' ? mapping.source : undefined)
  const call = {
    type: 'track',
    messageId,
    userId: document.customer,
    timestamp: new Date(zonedToUtc(first, mapping.time.zone)).toISOString(),
  } as const
  return {
    calls: [
      {
        ...call,
        event: refund ? 'Order Refunded' : 'Order Completed',
        properties: { ...properties, ...(more.length > 0 && { products_total: products.length }), products: fitting },
      },
      ...more.map((part, index): ImportedCall => ({
        ...call,
        messageId: `${messageId}:part-${index + 2}`,
        event: 'Order Continued',
        properties: {
          order_id: properties['order_id'] ?? null,
          ...(refund && { credit_note_id: document.id }),
          part: index + 2,
          products: part,
        },
      })),
    ],
    totalMinor: total,
    rounding: exact - fromMinor(total, digits),
  }
}

function product(line: OrderLine): JsonObject {
  const quantity = quantityToNumber(line.quantity < 0n ? -line.quantity : line.quantity)
  return { product_id: line.sku, sku: line.sku, ...(line.name !== '' && { name: line.name }), price: priceToNumber(line.price), quantity }
}
