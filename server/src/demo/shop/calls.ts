import type { Json, JsonObject } from '@throughline/contracts'
import { productUrl, shop, type Product } from './catalogue.ts'
import type { Device, Shopper } from './people.ts'

export interface CartLine {
  readonly product: Product
  readonly quantity: number
}

/** What a device or the shop's own server tells Throughline; ids and times are added by whoever sends it. */
export interface ShopCall {
  readonly type: 'identify' | 'track' | 'page'
  readonly event?: string
  readonly name?: string
  readonly properties?: JsonObject
  readonly traits?: JsonObject
  readonly anonymousId?: string
  readonly userId?: string
  readonly context: JsonObject
}

/** Makes the calls of one device: what is known of who sits at it goes into each. */
export function makeCaller(shopper: Shopper, device: Device, loggedIn: () => boolean) {
  const who = () => ({ anonymousId: device.anonymousId, ...(loggedIn() && { userId: shopper.userId }) })
  const context = (url: string, referrer?: string): JsonObject => ({
    userAgent: device.userAgent,
    locale: shopper.language,
    timezone: shopper.zone,
    device: { type: device.kind },
    page: { url, ...(referrer !== undefined && { referrer }) },
  })
  return {
    page: (path: string, title: string, referrer?: string): ShopCall => ({
      type: 'page',
      name: title,
      properties: { path, url: shop.site + path, title },
      ...who(),
      context: context(shop.site + path, referrer),
    }),
    track: (event: string, properties: JsonObject, url: string = shop.site): ShopCall => ({
      type: 'track',
      event,
      properties,
      ...who(),
      context: context(url),
    }),
    identify: (traits: JsonObject): ShopCall => ({ type: 'identify', traits, ...who(), context: context(`${shop.site}/account`) }),
  }
}

/** An article as Segment's e-commerce specification has it; prices in the main unit. */
export function productProperties({ product, quantity }: CartLine): { [name: string]: Json } {
  return {
    product_id: product.id,
    sku: product.id,
    name: product.name,
    category: product.category,
    price: product.priceMinor / 100,
    currency: shop.currency,
    quantity,
    url: productUrl(product),
  }
}

const FREE_SHIPPING_FROM_MINOR = 6_000
const SHIPPING_MINOR = 490

/** `Order Completed` for a cart, with the sums in euros and, for summing without rounding, in cents. */
export function orderProperties(orderId: string, cart: readonly CartLine[]): { [name: string]: Json } {
  const goods = cart.reduce((sum, { product, quantity }) => sum + product.priceMinor * quantity, 0)
  const shipping = goods >= FREE_SHIPPING_FROM_MINOR ? 0 : SHIPPING_MINOR
  return {
    order_id: orderId,
    currency: shop.currency,
    total: (goods + shipping) / 100,
    revenue: goods / 100,
    shipping: shipping / 100,
    total_minor: goods + shipping,
    revenue_minor: goods,
    products: cart.map(productProperties),
  }
}
