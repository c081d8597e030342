import { lanes, orderMessageId, type JsonObject } from '@throughline/contracts'
import type { AcceptEvent } from './accept-event.ts'
import { FOR_EVER } from './read-event.ts'

/** Sources of `seen` that no client has: who told an order, whoever it was, and which of them files brought. */
export const orderClaims = { told: 'throughline:orders', imported: 'throughline:orders-imported' } as const

const LONGEST = 200
const names = ['Order Completed', 'Order Refunded']
/** As `orderMessageId` makes them; the second of a shop with numbers of its own, which says nothing about those of others. */
const imported = /^(?:order|refund):/
const ofShop = /^[a-z0-9-]+\/(?:order|refund):/

/** An order or refund, by whatever way it comes: the same one has the same id. */
export interface OrderTold {
  readonly id: string
  /** Whether a file brought it: then it is nothing new once anybody has told it. */
  readonly imported: boolean
}

/**
 * Which order an event tells: one that is imported by its message id, that of a client by the `order_id` of its
 * `Order Completed`; null when it is none, or has no number. Refunds of clients say which order they are of, and there may be several.
 */
export function orderTold({ type, name, messageId, dedupeAt, lane, properties }: AcceptEvent): OrderTold | null {
  if (type !== 'track' || !names.includes(name)) return null
  if (dedupeAt === FOR_EVER && imported.test(messageId)) return { id: messageId, imported: lane === lanes.bulk }
  if (name !== 'Order Completed' || (dedupeAt === FOR_EVER && ofShop.test(messageId))) return null
  const { order_id: snake, orderId: camel } = typeof properties === 'string' ? (JSON.parse(properties) as JsonObject) : properties
  const said = snake ?? camel
  const number = typeof said === 'number' ? String(said) : typeof said === 'string' ? said.trim() : ''
  return number === '' || number.length > LONGEST ? null : { id: orderMessageId('order', number), imported: false }
}
