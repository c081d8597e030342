import { sendHistory } from './drive/history.ts'
import { makeShopHttp } from './drive/http.ts'
import { openShop } from './drive/open-shop.ts'
import { makeMailbox } from './drive/mailbox.ts'
import { emptyTally, type DemoTally, type MutableTally } from './drive/tally.ts'
import { findWriteKey, prepareWorkspace } from './drive/prepare.ts'
import { makeWorld } from './shop/world.ts'

/** What the demonstration has to tell, for a log or a terminal. */
export type DemoNews =
  | { readonly kind: 'prepared' }
  | { readonly kind: 'past'; readonly sent: number }
  | { readonly kind: 'past-done'; readonly sent: number; readonly days: number }
  | { readonly kind: 'open'; readonly people: number }
  | { readonly kind: 'tally'; readonly tally: DemoTally }
  | { readonly kind: 'away'; readonly reason: string | null }
  | { readonly kind: 'refused'; readonly reason: string }

export interface DemoOptions {
  /** Of the server, such as `http://127.0.0.1:4800`. */
  readonly baseUrl: string
  /** A key of the management API with the role of an administrator. */
  readonly apiKey: string
  /** Without one, that of the source "Demo shop", which is made. */
  readonly writeKey?: string
  /** The same seed makes the same people, who decide the same. Default 1. */
  readonly seed?: number
  readonly people?: number
  /** Seconds of the shop's time that pass in one second. Default 60. */
  readonly speed?: number
  /** Days of past that are imported first. Default 14. */
  readonly historyDays?: number
  /** Ends by itself after so many minutes of real time. */
  readonly minutes?: number
  readonly onNews?: (news: DemoNews) => void
}

export interface Demo {
  /** Ends it: nothing more happens, what is under way is given up. Resolves when all is quiet. */
  stop(): Promise<void>
  /** Resolves when it has ended by itself or was stopped; rejects with a `DemoError` when the server refuses it. */
  readonly done: Promise<DemoTally>
}

export const demoDefaults = { seed: 1, people: 1_000, speed: 60, historyDays: 14 } as const

const DAY = 86_400_000

/** Starts the simulated shop against a running server, over its public HTTP API and nothing else. */
export function startDemo(options: DemoOptions): Demo {
  const stopping = new AbortController()
  const tally = emptyTally()
  const done = run(options, stopping.signal, tally).then(
    () => {
      // What waited for a server that never came back is given up.
      stopping.abort()
      return tally
    },
    (error: unknown) => {
      if (stopping.signal.aborted) return tally
      stopping.abort()
      throw error
    },
  )
  // Whoever only stops it need not listen to how it ended.
  done.catch(() => undefined)
  return {
    done,
    async stop() {
      stopping.abort()
      await done.catch(() => undefined)
    },
  }
}

async function run(options: DemoOptions, signal: AbortSignal, tally: MutableTally): Promise<void> {
  const {
    seed = demoDefaults.seed,
    people = demoDefaults.people,
    speed = demoDefaults.speed,
    historyDays = demoDefaults.historyDays,
    onNews = () => {},
  } = options
  const connect = (writeKey: string) =>
    makeShopHttp({
      baseUrl: options.baseUrl,
      apiKey: options.apiKey,
      writeKey,
      signal,
      onAway: (reason) => onNews({ kind: 'away', reason }),
    })
  const http = connect(options.writeKey ?? (await findWriteKey(connect(''), 'Demo shop')))
  await prepareWorkspace(http, speed)
  onNews({ kind: 'prepared' })

  // The past ends, and the live part begins, at five in the afternoon (UTC): people of Europe and America are awake.
  const startedAt = Date.now()
  const opening = Math.floor((startedAt - 17 * 3_600_000) / DAY) * DAY + 17 * 3_600_000
  const opensAt = opening - historyDays * DAY
  const world = makeWorld({
    seed,
    people,
    opensAt,
    growsFor: (historyDays + 1) * DAY,
    orderTag: `${startedAt.toString(36).toUpperCase()}-`,
  })
  const sent = await sendHistory({
    http,
    world,
    source: `demo-past-${seed}`,
    from: opensAt,
    to: opening,
    onProgress: (count) => onNews({ kind: 'past', sent: count }),
  })
  onNews({ kind: 'past-done', sent, days: historyDays })
  onNews({ kind: 'open', people })

  const until = options.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.minutes * 60_000
  await openShop({
    http,
    world,
    mailbox: makeMailbox(http, world.shoppers, startedAt),
    opening,
    speed,
    until,
    signal,
    tally,
    onTally: (counted) => onNews({ kind: 'tally', tally: counted }),
    onRefused: (reason) => onNews({ kind: 'refused', reason }),
  })
}
