import type { Json, JsonObject, PersonHistory } from '@throughline/contracts'

interface Told {
  readonly name: string
  readonly timestamp: number
  readonly properties: JsonObject
}

const LATEST = 10

/**
 * Orders and refunds (Segment's e-commerce events) per currency. An order that is told twice counts once, as it was told
 * last; a refund without a sum is of the whole order.
 * @param events newest first
 */
export function addUpOrders(events: readonly Told[]): { totals: PersonHistory['orders']; latest: PersonHistory['latestOrders'] } {
  const orders = new Map<string, PersonHistory['latestOrders'][number]>()
  for (const [index, { name, timestamp, properties }] of events.entries()) {
    if (name !== 'Order Completed') continue
    const id = textOf(properties['order_id']) ?? textOf(properties['orderId'])
    const key = id ?? `#${index}`
    if (orders.has(key)) continue
    const currency = textOf(properties['currency'])?.toUpperCase() ?? null
    orders.set(key, {
      id,
      at: timestamp,
      currency,
      total: sumOf(properties, currency) ?? 0,
      refunded: 0,
      items: itemsOf(properties['products']),
    })
  }
  for (const { name, properties } of events) {
    const key = name === 'Order Refunded' ? (textOf(properties['order_id']) ?? textOf(properties['orderId'])) : null
    const order = key === null ? undefined : orders.get(key)
    if (order === undefined) continue
    orders.set(key!, { ...order, refunded: Math.min(order.total, order.refunded + (sumOf(properties, order.currency) ?? order.total)) })
  }
  const all = [...orders.values()].sort((a, b) => b.at - a.at)
  const currencies = [...new Set(all.map(({ currency }) => currency))]
  const totals = currencies.map((currency) => {
    const own = all.filter((order) => order.currency === currency)
    const gross = own.reduce((sum, { total }) => sum + total, 0)
    const refunded = own.reduce((sum, order) => sum + order.refunded, 0)
    return { currency, orders: own.length, total: gross - refunded, average: Math.round(gross / own.length), refunded, lastAt: own[0]!.at }
  })
  return { totals, latest: all.slice(0, LATEST) }
}

/** What an order came to, in minor units: as the shop counts it (`…_minor`), else its decimal sum in the currency's digits. */
function sumOf(properties: JsonObject, currency: string | null): number | null {
  for (const name of ['total', 'revenue', 'value']) {
    const minor = properties[`${name}_minor`]
    if (typeof minor === 'number' && Number.isSafeInteger(minor)) return minor
    const decimal = Number(properties[name] ?? Number.NaN)
    if (properties[name] !== null && properties[name] !== '' && Number.isFinite(decimal))
      return Math.round(decimal * 10 ** digitsOf(currency))
  }
  return null
}

function digitsOf(currency: string | null): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency: currency ?? 'EUR' }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

function itemsOf(products: Json | undefined): number {
  if (!Array.isArray(products)) return 0
  return products.reduce<number>((sum, one) => {
    const quantity = typeof one === 'object' && one !== null && !Array.isArray(one) ? Number(one['quantity'] ?? 1) : 1
    return sum + (Number.isFinite(quantity) && quantity > 0 ? quantity : 1)
  }, 0)
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null
}
