import { describe, expect, test } from 'vitest'
import { products } from './catalogue.ts'
import { localHour } from './local-clock.ts'
import { makeRandom } from './random.ts'
import { reactTo } from './reaction.ts'
import { makeWorld, type Deed } from './world.ts'

const DAY = 86_400_000
const opensAt = Date.UTC(2026, 2, 2)
const make = (seed = 7, people = 200, at = opensAt) => makeWorld({ seed, people, opensAt: at, growsFor: 14 * DAY, orderTag: 'T-' })
const events = (deeds: readonly Deed[]) => deeds.flatMap((deed) => (deed.kind === 'call' ? [deed.call.event ?? deed.call.type] : []))
const count = (names: readonly string[], name: string) => names.filter((each) => each === name).length

describe('the simulated shop', () => {
  test('is the same to the last word at the same seed', () => {
    expect(make().until(opensAt + 10 * DAY)).toEqual(make().until(opensAt + 10 * DAY))
    expect(make(8).until(opensAt + 10 * DAY)).not.toEqual(make().until(opensAt + 10 * DAY))
  })

  test('does the same whether time passes in one piece or in many', () => {
    const whole = make().until(opensAt + 4 * DAY)
    const world = make()
    const pieces: Deed[] = []
    for (let at = opensAt; at <= opensAt + 4 * DAY; at += 613_000) pieces.push(...world.until(at))
    pieces.push(...world.until(opensAt + 4 * DAY))
    expect(pieces).toEqual(whole)
  })

  test('lets everybody decide the same in the same order when it opens on another day', () => {
    const deeds = (at: number) =>
      make(7, 60, at)
        .until(at + 30 * DAY)
        .filter(({ shopper }) => shopper.index < 5)
    const spring = deeds(opensAt)
    const autumn = deeds(Date.UTC(2026, 9, 20, 15))
    for (let person = 0; person < 5; person += 1) {
      const calls = (all: readonly Deed[]) => events(all.filter(({ shopper }) => shopper.index === person))
      const length = Math.min(calls(spring).length, calls(autumn).length, 20)
      expect(length).toBeGreaterThan(3)
      expect(calls(spring).slice(0, length)).toEqual(calls(autumn).slice(0, length))
    }
  })

  test('tells what happens in the order in which it happens, and nothing before its time', () => {
    const deeds = make().until(opensAt + 5 * DAY)
    expect(deeds.every((deed, index) => index === 0 || (deeds[index - 1]?.at ?? 0) <= deed.at)).toBe(true)
    expect(deeds.every(({ at }) => at >= opensAt && at <= opensAt + 5 * DAY)).toBe(true)
  })

  test('has visitors, carts and orders in the proportions of a shop', () => {
    const names = events(make(3, 500).until(opensAt + 21 * DAY))
    const orders = count(names, 'Order Completed')
    const views = count(names, 'Product Viewed')
    const adds = count(names, 'Product Added')
    const pages = count(names, 'page')
    expect(views / pages).toBeGreaterThan(1)
    expect(adds / views).toBeGreaterThan(0.2)
    expect(adds / views).toBeLessThan(0.7)
    expect(orders / pages).toBeGreaterThan(0.05)
    expect(orders / pages).toBeLessThan(0.4)
    expect(count(names, 'Order Refunded') / orders).toBeLessThan(0.15)
    expect(count(names, 'Order Refunded')).toBeGreaterThan(0)
  })

  test('leaves carts behind, many of them by people whose address it knows', () => {
    const deeds = make(3, 500).until(opensAt + 21 * DAY)
    const last = new Map<number, string>()
    const known = new Set<number>()
    for (const deed of deeds) {
      if (deed.kind !== 'call') continue
      if (deed.call.type === 'identify') known.add(deed.shopper.index)
      if (deed.call.event === 'Product Added' || deed.call.event === 'Order Completed') last.set(deed.shopper.index, deed.call.event)
    }
    const abandoned = [...last].filter(([, event]) => event === 'Product Added')
    expect(abandoned.length / last.size).toBeGreaterThan(0.3)
    expect(abandoned.filter(([person]) => known.has(person)).length / abandoned.length).toBeGreaterThan(0.4)
  })

  test('has people on several devices who are anonymous on each until they sign in there', () => {
    const deeds = make(3, 300).until(opensAt + 21 * DAY)
    const devices = new Map<number, Set<string>>()
    const signedIn = new Set<string>()
    for (const deed of deeds) {
      if (deed.kind !== 'call' || deed.call.anonymousId === undefined) continue
      const { anonymousId, userId, type, traits } = deed.call
      devices.set(deed.shopper.index, (devices.get(deed.shopper.index) ?? new Set()).add(anonymousId))
      if (userId !== undefined && type === 'identify' && traits?.['lastName'] !== undefined) signedIn.add(anonymousId)
      if (userId !== undefined) expect(signedIn.has(anonymousId)).toBe(true)
    }
    expect([...devices.values()].filter((set) => set.size > 1).length).toBeGreaterThan(50)
  })

  test('sums orders up to the cent', () => {
    for (const deed of make(3, 300).until(opensAt + 14 * DAY)) {
      if (deed.kind !== 'call' || deed.call.event !== 'Order Completed') continue
      const order = deed.call.properties as {
        total_minor: number
        total: number
        revenue_minor: number
        shipping: number
        products: { price: number; quantity: number }[]
      }
      expect(order.revenue_minor).toBe(order.products.reduce((sum, { price, quantity }) => sum + Math.round(price * 100) * quantity, 0))
      expect(order.total_minor).toBe(order.revenue_minor + Math.round(order.shipping * 100))
      expect(order.total).toBe(order.total_minor / 100)
    }
  })

  test('is visited mostly in the evening and hardly at night, by the clock of the visitor', () => {
    const hours = make(3, 500)
      .until(opensAt + 14 * DAY)
      .filter((deed) => deed.kind === 'call' && deed.call.type === 'page')
      .map(({ at, shopper }) => localHour(at, shopper.zone))
    const share = (from: number, to: number) => hours.filter((hour) => hour >= from && hour < to).length / hours.length
    expect(share(17, 24)).toBeGreaterThan(0.4)
    expect(share(1, 6)).toBeLessThan(0.06)
  })
})

describe('somebody who gets a message', () => {
  test('may open it, may click it, and comes back to the shop when they click', () => {
    const world = make(3, 300)
    const now = opensAt + 8 * DAY + 18 * 3_600_000
    world.until(now)
    for (const { index } of world.shoppers) world.receive(index, { id: `m${index}`, channel: 'email', template: 'cart' }, now)
    const deeds = world.until(now + 2 * DAY)
    const did = (kind: Deed['kind']) => deeds.filter((deed) => deed.kind === kind).length
    expect(did('open') / 300).toBeGreaterThan(0.15)
    expect(did('open') / 300).toBeLessThan(0.7)
    expect(did('click')).toBeGreaterThan(0)
    expect(did('click')).toBeLessThan(did('open'))
    expect(did('unsubscribe')).toBeLessThan(did('open') / 5)
    const back = deeds.filter(
      (deed) => deed.kind === 'call' && JSON.stringify(deed.call.properties ?? {}).includes('utm_source=throughline'),
    )
    expect(back.length).toBe(did('click'))
  })

  test('reads the more the closer the hour is to their own', () => {
    const opened = (hoursFromPeak: number) =>
      make(3, 400).shoppers.filter((shopper) => {
        const peak = opensAt + ((shopper.habits.peakHour - localHour(opensAt, shopper.zone) + 24) % 24) * 3_600_000
        const reaction = reactTo(
          shopper,
          { id: 'm', channel: 'inbox', template: 'cart' },
          peak + hoursFromPeak * 3_600_000,
          makeRandom('hour', shopper.index),
        )
        return reaction.opensAt !== null
      }).length
    expect(opened(0)).toBeGreaterThan(opened(12) * 1.5)
  })
})

test('chance is uniform, the same for the same keys, and another for others', () => {
  const random = makeRandom('uniform')
  const draws = Array.from({ length: 20_000 }, () => random.next())
  const buckets = Array.from({ length: 10 }, (_, bucket) => draws.filter((draw) => Math.floor(draw * 10) === bucket).length)
  for (const bucket of buckets) expect(Math.abs(bucket - 2_000)).toBeLessThan(200)
  expect(makeRandom(1, 'a').next()).toBe(makeRandom(1, 'a').next())
  expect(makeRandom(1, 'a').next()).not.toBe(makeRandom(1, 'b').next())
  expect(new Set(Array.from({ length: 1_000 }, (_, index) => makeRandom(1, index).next())).size).toBe(1_000)
})

test('every article of the catalogue has its own number, a name and a price', () => {
  expect(new Set(products.map(({ id }) => id)).size).toBe(products.length)
  expect(products.every(({ priceMinor, name }) => Number.isInteger(priceMinor) && priceMinor > 0 && name.length > 3)).toBe(true)
})
