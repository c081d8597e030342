import type { JsonObject } from '@throughline/contracts'

/** How many codes one order may carry; more are none of a shop's. */
const MOST = 20
/** The longest code, in characters. */
export const longestCode = 100

/**
 * The codes that an event says an order was made with: the property `coupon` of `Order Completed`, a text or a list of texts.
 * @param properties as JSON; nothing is parsed where it names no coupon
 */
export function codesOfOrder(name: string, properties: string): readonly string[] {
  if (name !== 'Order Completed' || !properties.includes('"coupon"')) return []
  const { coupon } = JSON.parse(properties) as JsonObject
  return (Array.isArray(coupon) ? coupon : [coupon])
    .flatMap((one) => (typeof one === 'string' ? [one.trim()] : []))
    .filter((code) => code !== '' && code.length <= longestCode)
    .slice(0, MOST)
}
