import { liveliness, localHour } from './local-clock.ts'
import type { Shopper } from './people.ts'
import type { Random } from './random.ts'

/** A message as the person it reached sees it. */
export interface ReceivedMessage {
  readonly id: string
  readonly channel: 'email' | 'inbox'
  readonly template: string
}

/** What somebody does with a message; times are instants, epoch ms. `null`: not at all. */
export interface Reaction {
  readonly opensAt: number | null
  readonly clicksAt: number | null
  readonly unsubscribesAt: number | null
}

const MINUTE = 60_000

/**
 * Whether and when somebody opens, clicks or unsubscribes: it depends on the person, the channel and the hour at which it comes.
 * E-mail that comes at night is read in the morning; the inbox is read on the site or not at all.
 */
export function reactTo(shopper: Shopper, message: ReceivedMessage, now: number, random: Random): Reaction {
  const { habits, zone } = shopper
  const email = message.channel === 'email'
  const [opens, clicks, unsubscribes, wait] = [random.next(), random.next(), random.next(), random.gap(email ? 25 * MINUTE : 3 * MINUTE)]
  const [thenClicks, morning] = [15_000 + random.gap(30_000), random.next()]
  if (opens >= habits.opens[message.channel] * liveliness(now, habits.peakHour, zone))
    return { opensAt: null, clicksAt: null, unsubscribesAt: null }
  const hour = localHour(now + wait, zone)
  const opensAt = now + wait + (email && hour < 6.5 ? (6.5 - hour + 2 * morning) * 60 * MINUTE : 0)
  const leaves = email && unsubscribes < habits.unsubscribes
  return {
    opensAt,
    clicksAt: !leaves && clicks < habits.clicks[message.channel] ? opensAt + thenClicks : null,
    unsubscribesAt: leaves ? opensAt + thenClicks : null,
  }
}
