import type { JsonObject } from '@throughline/contracts'

/**
 * The products of one order in portions of at most so many bytes of JSON: the first stands in the order's own event, which says
 * `products_total` where there are more, and the others in `Order Continued` events, `part` 2 and up. A product that is larger
 * than a portion stands alone in one. Without products there is one empty portion.
 */
export function orderParts(products: readonly JsonObject[], bytes: number): JsonObject[][] {
  const parts: JsonObject[][] = [[]]
  let used = 0
  for (const each of products) {
    const size = Buffer.byteLength(JSON.stringify(each)) + 1
    if (used > 0 && used + size > bytes) {
      parts.push([])
      used = 0
    }
    parts[parts.length - 1]?.push(each)
    used += size
  }
  return parts
}
