import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Deed, World } from '../shop/world.ts'
import type { ShopHttp } from './http.ts'

export interface HistoryOptions {
  readonly http: ShopHttp
  readonly world: World
  readonly source: string
  /** Simulated instants, epoch ms. */
  readonly from: number
  readonly to: number
  readonly onProgress: (sent: number) => void
}

const BATCH = 1_000
const SLICE_MS = 2 * 3_600_000

/**
 * Lets the shop's past happen and imports it in the bulk lane with its own times. Ids are made of the source and a running number, so a
 * second demonstration with the same seed adds no second past. Returns how many events were new.
 */
export async function sendHistory(options: HistoryOptions): Promise<number> {
  const { world, http } = options
  let made = 0
  let fresh = 0
  let waiting: object[] = []
  const flush = async () => {
    if (waiting.length === 0) return
    const events = waiting
    waiting = []
    const { accepted } = await http.api('importEvents', { body: { source: options.source, events } })
    fresh += accepted
    options.onProgress(made)
  }
  for (let at = options.from; at < options.to;) {
    at = Math.min(at + SLICE_MS, options.to)
    for (const deed of world.until(at)) {
      if (deed.kind !== 'call') continue
      made += 1
      waiting.push(toImported(deed, `${made}`))
      if (waiting.length >= BATCH) await flush()
    }
    // The server may run in this very process: let it breathe.
    await nextTurn()
  }
  await flush()
  return fresh
}

function toImported(deed: Deed & { kind: 'call' }, number: string): object {
  return { ...deed.call, messageId: `past:${number}`, timestamp: new Date(deed.at).toISOString() }
}
