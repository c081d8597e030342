import { makeAgenda } from './agenda.ts'
import type { ShopCall } from './calls.ts'
import { categories } from './catalogue.ts'
import { localHour, nearestAtHour } from './local-clock.ts'
import { makeShopper, type Shopper } from './people.ts'
import { makeRandom } from './random.ts'
import { reactTo, type ReceivedMessage } from './reaction.ts'
import { newcomer, planVisit, type ShopperState } from './visit.ts'

/** Something that a person does; `at` is the simulated instant, epoch ms. */
export type Deed = { readonly at: number; readonly shopper: Shopper } & (
  | { readonly kind: 'call'; readonly call: ShopCall }
  | { readonly kind: 'prefetch' | 'open' | 'click' | 'unsubscribe'; readonly message: ReceivedMessage }
)

export interface WorldOptions {
  readonly seed: number
  readonly people: number
  /** The simulated instant at which the shop opens, epoch ms. */
  readonly opensAt: number
  /** Over how long the people come for the first time, ms. */
  readonly growsFor: number
  /** Goes before order numbers, so that two demonstrations on one server do not share any. */
  readonly orderTag: string
}

/** The simulated shop and everybody who visits it. No clock, no chance and no ids of its own. */
export interface World {
  readonly shoppers: readonly Shopper[]
  /** Everything that happens up to this instant and was not told before, in order. */
  until(instant: number): Deed[]
  /** Somebody received a message at this instant: they will open it, click it, or let it lie. */
  receive(shopper: number, message: ReceivedMessage, now: number): void
}

type Entry =
  | { readonly kind: 'visit'; readonly shopper: number; readonly via: ReceivedMessage | null }
  | { readonly kind: 'call'; readonly shopper: number; readonly call: ShopCall }
  | { readonly kind: 'prefetch' | 'open' | 'click' | 'unsubscribe'; readonly shopper: number; readonly message: ReceivedMessage }

const DAY = 86_400_000

/**
 * Makes the shop. Everything each person decides is drawn from chance named by seed, person and number of the decision: the n-th visit of
 * a person is the same at every run with the same seed, at whatever pace and time it is run; messages that reach them add to it.
 */
export function makeWorld(options: WorldOptions): World {
  const { seed } = options
  const shoppers = Array.from({ length: options.people }, (_, index) => makeShopper(seed, index, categories))
  const people = shoppers.map((shopper) => ({
    shopper,
    state: newcomer as ShopperState,
    arrivals: 0,
    returns: 0,
    received: 0,
    busyUntil: 0,
  }))
  const agenda = makeAgenda<Entry>()
  for (const { shopper } of people) {
    const random = makeRandom(seed, 'first visit', shopper.index)
    agenda.add(
      atLikedHour(shopper, options.opensAt + random.next() * options.growsFor, random.gap(2.5) - random.gap(2.5), options.opensAt),
      { kind: 'visit', shopper: shopper.index, via: null },
    )
  }

  const visit = (index: number, at: number, via: ReceivedMessage | null) => {
    const person = people[index]
    if (person === undefined) return
    const { shopper } = person
    if (at < person.busyUntil) {
      agenda.add(person.busyUntil + 1, { kind: 'visit', shopper: index, via })
      return
    }
    const random = via === null ? makeRandom(seed, 'visit', index, person.arrivals) : makeRandom(seed, 'return', index, person.returns)
    const plan = planVisit(shopper, person.state, random, via, options.orderTag)
    for (const { after, call } of plan.steps) agenda.add(at + after, { kind: 'call', shopper: index, call })
    if (plan.refund !== null) agenda.add(at + plan.refund.after, { kind: 'call', shopper: index, call: plan.refund.call })
    person.state = plan.state
    person.busyUntil = at + (plan.steps[plan.steps.length - 1]?.after ?? 0)
    if (via !== null) {
      person.returns += 1
      return
    }
    person.arrivals += 1
    const wait = makeRandom(seed, 'gap', index, person.arrivals)
    const about = at + wait.gap((7 * DAY) / shopper.habits.visitsPerWeek)
    agenda.add(atLikedHour(shopper, about, wait.gap(2.5) - wait.gap(2.5), person.busyUntil), { kind: 'visit', shopper: index, via: null })
  }

  return {
    shoppers,
    until(instant) {
      const deeds: Deed[] = []
      for (let next = agenda.take(instant); next !== undefined; next = agenda.take(instant)) {
        const { at, item } = next
        const shopper = shoppers[item.shopper]
        if (shopper === undefined) continue
        switch (item.kind) {
          case 'visit':
            visit(item.shopper, at, item.via)
            break
          case 'call':
            deeds.push({ at, shopper, kind: 'call', call: item.call })
            break
          case 'prefetch':
          case 'open':
          case 'unsubscribe':
            deeds.push({ at, shopper, kind: item.kind, message: item.message })
            break
          case 'click':
            deeds.push({ at, shopper, kind: 'click', message: item.message })
            agenda.add(at + 30_000, { kind: 'visit', shopper: item.shopper, via: item.message })
            break
          default:
            item satisfies never
        }
      }
      return deeds
    },
    receive(index, message, now) {
      const person = people[index]
      if (person === undefined) return
      const reaction = reactTo(person.shopper, message, now, makeRandom(seed, 'message', index, message.channel, person.received))
      person.received += 1
      if (message.channel === 'email' && person.shopper.habits.mailPrivacy)
        agenda.add(now + 1_000, { kind: 'prefetch', shopper: index, message })
      if (reaction.opensAt !== null) agenda.add(reaction.opensAt, { kind: 'open', shopper: index, message })
      if (reaction.clicksAt !== null) agenda.add(reaction.clicksAt, { kind: 'click', shopper: index, message })
      if (reaction.unsubscribesAt !== null) agenda.add(reaction.unsubscribesAt, { kind: 'unsubscribe', shopper: index, message })
    },
  }
}

/** Moves an instant to the person's hour of the day, `spread` hours beside it, out of the night, and after `earliest`. */
function atLikedHour(shopper: Shopper, about: number, spread: number, earliest: number): number {
  const { zone, habits } = shopper
  let at = nearestAtHour(about, (habits.peakHour + spread + 48) % 24, zone)
  const hour = localHour(at, zone)
  if (hour < 6) at += 8 * 3_600_000
  while (at <= earliest) at += DAY
  return Math.round(at)
}
