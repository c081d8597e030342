import { categories, products, productUrl, shop, type Product } from './catalogue.ts'
import { makeCaller, orderProperties, productProperties, type CartLine, type ShopCall } from './calls.ts'
import type { Shopper } from './people.ts'
import type { Random } from './random.ts'

/** What the shop remembers of somebody between visits. */
export interface ShopperState {
  readonly visits: number
  readonly orders: number
  readonly subscribed: boolean
  readonly askedForTracking: boolean
  /** Places in `devices` where this person has signed in. */
  readonly signedIn: readonly number[]
  readonly cart: readonly CartLine[]
}

export const newcomer: ShopperState = { visits: 0, orders: 0, subscribed: false, askedForTracking: false, signedIn: [], cart: [] }

export interface Visit {
  /** Calls with their time after the visit's beginning, ms, ascending. */
  readonly steps: readonly { readonly after: number; readonly call: ShopCall }[]
  readonly state: ShopperState
  readonly bought: boolean
  /** Some days after buying, part of the order goes back: the call of the shop's server and after how many ms. */
  readonly refund: { readonly after: number; readonly call: ShopCall } | null
}

const SECOND = 1_000
const DAY = 86_400_000

/**
 * One visit, decided from beginning to end: `via` is the message that brought the person back, `orderTag` makes order numbers unique.
 * The same shopper, state and chance give the same visit.
 */
export function planVisit(
  shopper: Shopper,
  before: ShopperState,
  random: Random,
  via: { channel: string; template: string } | null,
  orderTag: string,
): Visit {
  const { habits } = shopper
  const place = random.between(0, shopper.devices.length - 1)
  const device = shopper.devices[place] ?? shopper.devices[0]
  if (device === undefined) throw new RangeError(`${shopper.userId} has no device`)
  let { subscribed, orders } = before
  let signedIn = before.signedIn.includes(place)
  let cart: readonly CartLine[] = before.cart
  let clock = 0
  const steps: { after: number; call: ShopCall }[] = []
  const caller = makeCaller(shopper, device, () => signedIn)
  const say = (call: ShopCall) => steps.push({ after: Math.round(clock), call })
  const think = (seconds: number) => (clock += (2 + random.gap(seconds)) * SECOND)

  say(
    caller.page(
      via === null ? '/' : `/cart?utm_source=throughline&utm_medium=${via.channel}&utm_campaign=${via.template}`,
      via === null ? shop.name : 'Your cart',
      via === null
        ? random.weighted([
            ['https://search.example/', 5],
            ['https://photos.example/', 2],
            ['', 3],
          ])
        : undefined,
    ),
  )
  if (!before.askedForTracking) {
    think(4)
    say(
      caller.track('Consent Changed', {
        channel: 'tracking',
        state: habits.allowsTracking ? 'granted' : 'withdrawn',
        source: 'cookie banner',
        wording: 'May we measure whether you open and click our messages?',
      }),
    )
  }

  const wantsMore = via === null || cart.length === 0 || random.chance(0.3)
  const pages = wantsMore ? 1 + Math.floor(random.gap(habits.pagesPerVisit)) : 0
  for (let page = 0; page < pages; page += 1) {
    think(20)
    const category = random.chance(0.7) ? random.pick(habits.favourites) : random.pick(categories)
    const shelf = products.filter((product) => product.category === category)
    if (page === 0 || random.chance(0.25))
      say(
        caller.track(
          'Product List Viewed',
          { category, products: shelf.slice(0, 4).map(({ id }) => ({ product_id: id })) },
          `${shop.site}/c/${category.toLowerCase()}`,
        ),
      )
    else if (random.chance(0.12)) say(caller.track('Products Searched', { query: searchFor(random.pick(shelf)) }, `${shop.site}/search`))
    else {
      const product = random.pick(shelf)
      say(caller.track('Product Viewed', productProperties({ product, quantity: 1 }), productUrl(product)))
      if (random.chance(habits.addsToCart)) {
        think(8)
        const quantity = random.weighted([
          [1, 8],
          [2, 2],
          [4, 1],
        ])
        cart = [...cart.filter((line) => line.product.id !== product.id), { product, quantity }]
        say(
          caller.track(
            'Product Added',
            { cart_id: `cart-${shopper.index}`, ...productProperties({ product, quantity }) },
            productUrl(product),
          ),
        )
      }
    }
  }

  const contact = {
    email: shopper.email,
    firstName: shopper.firstName,
    lastName: shopper.lastName,
    country: shopper.country,
    language: shopper.language,
    timezone: shopper.zone,
  }
  if (!subscribed && random.chance(habits.joinsNewsletter)) {
    think(10)
    subscribed = true
    say(
      caller.identify({
        email: shopper.email,
        firstName: shopper.firstName,
        country: shopper.country,
        language: shopper.language,
        timezone: shopper.zone,
      }),
    )
    say(
      caller.track('Consent Changed', {
        channel: 'email',
        state: 'granted',
        source: 'newsletter form',
        address: shopper.email,
        wording: `Yes, ${shop.name} may write to me by e-mail. I can end this at any time.`,
      }),
    )
    say(caller.track('Newsletter Subscribed', { form: 'footer' }))
  }

  let bought = false
  let refund: Visit['refund'] = null
  const worth = () => cart.reduce((sum, { product, quantity }) => sum + product.priceMinor * quantity, 0) / 100
  if (cart.length > 0 && random.chance(via === null ? 0.75 : 0.95)) {
    think(12)
    say(caller.track('Cart Viewed', { cart_id: `cart-${shopper.index}`, products: cart.map(productProperties) }, `${shop.site}/cart`))
    bought = random.chance(via === null ? habits.buysCart : Math.min(0.8, habits.buysCart + 0.3))
    if (bought || random.chance(0.55)) {
      think(15)
      say(
        caller.track(
          'Checkout Started',
          { cart_id: `cart-${shopper.index}`, value: worth(), currency: shop.currency, products: cart.map(productProperties) },
          `${shop.site}/checkout`,
        ),
      )
      if (bought || signedIn || random.chance(0.7)) {
        think(20)
        signedIn = true
        say(caller.identify(contact))
      }
    }
    if (bought) {
      think(40)
      orders += 1
      const order = orderProperties(`${orderTag}${shopper.index}-${orders}`, cart)
      say(caller.track('Order Completed', order, `${shop.site}/thank-you`))
      if (random.chance(0.07)) refund = planRefund(shopper, order['order_id'] as string, random.pick(cart), random)
      cart = []
    }
  }
  return {
    steps,
    bought,
    refund,
    state: {
      visits: before.visits + 1,
      orders,
      subscribed,
      askedForTracking: true,
      cart,
      signedIn: signedIn && !before.signedIn.includes(place) ? [...before.signedIn, place] : before.signedIn,
    },
  }
}

function planRefund(shopper: Shopper, orderId: string, line: CartLine, random: Random): Visit['refund'] {
  const minor = line.product.priceMinor * line.quantity
  const properties = {
    order_id: orderId,
    currency: shop.currency,
    total: minor / 100,
    total_minor: minor,
    products: [productProperties(line)],
  }
  return {
    after: random.between(2, 9) * DAY,
    call: { type: 'track', event: 'Order Refunded', properties, userId: shopper.userId, context: {} },
  }
}

function searchFor(product: Product): string {
  return (
    product.name
      .toLowerCase()
      .replace(/[",].*$/, '')
      .trim()
      .split(' ')
      .slice(-1)[0] ?? 'gift'
  )
}
