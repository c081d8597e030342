import { setTimeout as sleep } from 'node:timers/promises'
import { keys } from './product.ts'

export interface Load {
  /** How many people there are so far; person n is `p-n`, and everything of theirs is acknowledged once `finish` resolves. */
  readonly people: number
  /** Milliseconds that the slowest call took until it was acknowledged, with all its tries. */
  readonly slowestMs: number
  /** Tries that were answered otherwise than with a 200, or not at all. */
  readonly failedTries: number
  /** Lets nobody new in, and resolves when all that was sent is acknowledged. */
  finish(): Promise<void>
}

/** Whether a person buys; they leave the journey by its goal if they are quick enough. */
export const buys = (n: number): boolean => n % 2 === 1

/**
 * Sends the events of people over HTTP, as a shop's client would: every call is repeated with the same ids until it is
 * acknowledged, whatever happens to the server meanwhile.
 * @param addresses where to send to; each try takes the next
 * @param perSecond people let in a second
 */
export function startLoad(name: string, addresses: () => readonly string[], perSecond: number): Load {
  const pending = new Set<Promise<void>>()
  const state = { people: 0, slowestMs: 0, failedTries: 0 }
  let open = true
  let turn = 0

  async function deliver(batch: object[]): Promise<void> {
    const begun = Date.now()
    for (;;) {
      const list = addresses()
      const address = list[turn++ % list.length]
      const response = await fetch(`${address}/v1/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ writeKey: keys.writeKey, batch }),
        signal: AbortSignal.timeout(20_000),
      }).catch(() => null)
      if (response?.status === 200) break
      if (response !== null && response.status < 500 && response.status !== 429)
        throw new Error(`The load was refused: ${response.status} ${await response.text()}`)
      state.failedTries++
      await sleep(100)
    }
    state.slowestMs = Math.max(state.slowestMs, Date.now() - begun)
  }

  async function live(n: number): Promise<void> {
    const who = { userId: `${name}-${n}` }
    await deliver([
      { type: 'identify', messageId: `${name}-${n}-id`, ...who, traits: { email: `${name}-${n}@load.example`, name: `Person ${n}` } },
      { type: 'track', messageId: `${name}-${n}-cart`, ...who, event: 'Cart Updated', properties: { value: n } },
    ])
    await sleep(500 + ((n * 7_919) % 4_000))
    if (buys(n))
      await deliver([{ type: 'track', messageId: `${name}-${n}-order`, ...who, event: 'Order Completed', properties: { total: n } }])
  }

  const running = (async () => {
    while (open) {
      const one = live(state.people++)
      pending.add(one)
      void one.finally(() => pending.delete(one))
      await sleep(1_000 / perSecond)
    }
  })()
  return {
    get people() {
      return state.people
    },
    get slowestMs() {
      return state.slowestMs
    },
    get failedTries() {
      return state.failedTries
    },
    async finish() {
      open = false
      await running
      await Promise.all(pending)
    },
  }
}
