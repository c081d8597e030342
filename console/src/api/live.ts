import { routes } from '@throughline/contracts'
import type { RouteResponse } from '@throughline/contracts'
import { call } from './client.ts'

export type LiveEvent = RouteResponse<'eventStream'>

/**
 * The state of the live stream.
 *
 *   connecting ──open──► live ──error──► lost ──after a while──► connecting
 */
export type StreamState =
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly attempt: number; readonly retryAt: number }

/** Waits between attempts, ms; the last one stays. */
const waits = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const

/**
 * Follows the stream of events and reconnects by itself. After every connection the latest events are fetched too, so that
 * what happened in between is not missed; the receiver gets some events twice and tells them apart by id.
 * The receiver is called at least once per connection, with no events when there are none. Returns the function that ends it.
 */
export function followEvents(receive: (events: readonly LiveEvent[]) => void, tell: (state: StreamState) => void): () => void {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempt = 0
  let over = false

  const connect = (): void => {
    if (over) return
    tell({ kind: 'connecting', attempt })
    source = new EventSource(routes.eventStream.path, { withCredentials: true })
    source.onopen = () => {
      attempt = 0
      tell({ kind: 'live' })
      void call('recentEvents', { query: { limit: 100 } }).then(
        (answer) => {
          if (!over) receive(answer.items)
        },
        () => {
          if (!over) receive([])
        },
      )
    }
    source.onmessage = (message: MessageEvent<string>) => {
      const parsed = routes.eventStream.response.safeParse(JSON.parse(message.data))
      if (parsed.success) receive([parsed.data])
    }
    source.onerror = () => {
      source?.close()
      if (over) return
      const wait = waits[Math.min(attempt, waits.length - 1)] ?? 15_000
      attempt += 1
      tell({ kind: 'lost', attempt, retryAt: Date.now() + wait })
      timer = setTimeout(connect, wait)
    }
  }
  connect()
  return () => {
    over = true
    clearTimeout(timer)
    source?.close()
  }
}
