import { setTimeout as delay } from 'node:timers/promises'
import type { Deed, World } from '../shop/world.ts'
import { makeLiveCalls } from './live-calls.ts'
import type { Mailbox } from './mailbox.ts'
import type { ShopHttp } from './http.ts'
import type { DemoTally, MutableTally } from './tally.ts'

export interface OpenShopOptions {
  readonly http: ShopHttp
  readonly world: World
  readonly mailbox: Mailbox
  /** The simulated instant at which it goes on, epoch ms. */
  readonly opening: number
  /** Simulated seconds in one real second. */
  readonly speed: number
  /** The real instant at which it ends, epoch ms; may be infinite. */
  readonly until: number
  readonly signal: AbortSignal
  readonly tally: MutableTally
  readonly onTally: (tally: DemoTally) => void
  readonly onRefused: (reason: string) => void
}

type MessageDeed = Extract<Deed, { message: unknown }>

const TICK_MS = 250
const TALLY_MS = 15_000
const LAST_CALL_MS = 10_000
/** Calls that may wait for the server; beyond that the shop's time stands still. */
const MAX_PENDING = 500

/**
 * Lets the shop's time pass beside the real one: events go out in order, messages that arrived are handed to the people, and what they do with
 * them is done. While the server cannot keep up, or after a pause of the machine, the shop's time stands still instead of piling up.
 * Ends at `until`, when everything is confirmed or ten seconds later; the signal ends it at once, with its reason thrown.
 */
export async function openShop({
  http,
  world,
  mailbox,
  opening,
  speed,
  until,
  signal,
  tally,
  onTally,
  onRefused,
}: OpenShopOptions): Promise<void> {
  const calls = makeLiveCalls(http, onRefused)
  let now = opening
  let looked = Date.now()
  let told = looked
  let waiting: MessageDeed[] = []
  let reading: Promise<void> | null = null

  const attempt = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      signal.throwIfAborted()
      onRefused(error instanceof Error ? error.message : String(error))
    }
  }
  const read = async (deeds: readonly MessageDeed[]) => {
    for (const deed of deeds) await attempt(() => actOn(mailbox, deed, tally))
    await attempt(async () => {
      for (const { shopper, message } of await mailbox.look()) {
        tally.messages += 1
        world.receive(shopper, message, now)
      }
    })
  }

  while (Date.now() < until) {
    await delay(TICK_MS, undefined, { signal })
    const at = Date.now()
    const before = now
    if (calls.pending() < MAX_PENDING) now += Math.min(at - looked, 4 * TICK_MS) * speed
    looked = at
    for (const deed of world.until(now)) {
      if (deed.kind !== 'call') {
        waiting.push(deed)
        continue
      }
      tally.calls += 1
      if (deed.call.event === 'Order Completed') tally.orders += 1
      // Within a tick, too, what came later is later.
      calls.add(deed.call, Math.round(at - (now - Math.max(deed.at, before)) / speed))
    }
    if (reading === null) {
      reading = read(waiting)
        .catch(() => undefined)
        .finally(() => (reading = null))
      waiting = []
    }
    if (at - told >= TALLY_MS) {
      told = at
      onTally({ ...tally })
    }
  }
  // What is under way may end; a server that is away at closing time keeps nobody here.
  await Promise.race([Promise.all([calls.settled(), reading]), delay(LAST_CALL_MS, undefined, { signal })])
}

async function actOn(mailbox: Mailbox, { kind, shopper, message }: MessageDeed, tally: MutableTally): Promise<void> {
  switch (kind) {
    case 'prefetch':
      return mailbox.open(shopper, message, true)
    case 'open':
      await mailbox.open(shopper, message, false)
      tally.opens += 1
      return
    case 'click':
      await mailbox.click(shopper, message)
      tally.clicks += 1
      return
    case 'unsubscribe':
      await mailbox.unsubscribe(shopper, message)
      tally.unsubscribes += 1
      return
    default:
      kind satisfies never
  }
}
