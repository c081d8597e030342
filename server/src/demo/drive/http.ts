import { setTimeout as delay } from 'node:timers/promises'
import { errorSchema, routes, type Route, type RouteInput, type RouteName, type RouteResponse } from '@throughline/contracts'
import { DemoError } from '../errors.ts'

/** A request that has not been answered by then is given up and made again, ms. */
const TIMEOUT_MS = 20_000
const LONGEST_PAUSE_MS = 10_000

type Input<N extends RouteName> = { [K in keyof RouteInput<N> as RouteInput<N>[K] extends undefined ? never : K]: RouteInput<N>[K] }

export interface Answer {
  readonly status: number
  readonly text: string
}

/** Talks to one server as a shop and its people do. Everything waits while the server is away, until the signal ends it. */
export interface ShopHttp {
  /** A route of the management API. Throws {@link DemoError} `demo_refused` when the server says no. */
  api<N extends RouteName>(name: N, input: Input<N>): Promise<RouteResponse<N>>
  /** Events by the write key. Answers what the server said about them; only 2xx and 4xx come back. */
  batch(events: readonly object[]): Promise<Answer>
  /** A link out of a message, wherever its address points: it is asked on the server that this is. Never follows a redirect. */
  link(
    url: string,
    init: { readonly method: 'GET' | 'POST'; readonly userAgent: string; readonly body?: string; readonly contentType?: string },
  ): Promise<Answer>
}

export interface ShopHttpOptions {
  readonly baseUrl: string
  readonly writeKey: string
  readonly apiKey: string
  readonly signal: AbortSignal
  /** Told once when the server stops answering, and once when it answers again. */
  readonly onAway: (reason: string | null) => void
}

export function makeShopHttp(options: ShopHttpOptions): ShopHttp {
  const base = options.baseUrl.replace(/\/+$/, '')
  let away = false

  /** Asks until there is an answer that asking again would not change. */
  async function ask(url: string, init: RequestInit): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      options.signal.throwIfAborted()
      let pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** attempt)
      let reason: string
      try {
        const response = await fetch(url, {
          ...init,
          redirect: 'manual',
          signal: AbortSignal.any([options.signal, AbortSignal.timeout(TIMEOUT_MS)]),
        })
        const text = await response.text()
        if (response.status < 500 && response.status !== 429) {
          if (away) options.onAway(null)
          away = false
          return { status: response.status, text }
        }
        pause = Math.max(pause, Math.min(LONGEST_PAUSE_MS, 1_000 * Number(response.headers.get('retry-after') ?? 0) || 0))
        reason = `it answers ${response.status}`
      } catch (error) {
        options.signal.throwIfAborted()
        reason = error instanceof Error && error.name === 'TimeoutError' ? 'it takes too long' : 'it does not answer'
      }
      if (!away && attempt > 0) {
        away = true
        options.onAway(reason)
      }
      await delay(pause, undefined, { signal: options.signal })
    }
  }

  return {
    async api(name, input) {
      const route: Route = routes[name]
      const {
        params = {},
        query = {},
        body,
      } = input as { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown }
      const path = route.path.replace(/:(\w+)/g, (_, part: string) => encodeURIComponent(String(params[part])))
      const search = new URLSearchParams(Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]))
      const answer = await ask(`${base}${path}${search.size > 0 ? `?${search}` : ''}`, {
        method: route.method,
        headers: { authorization: `Bearer ${options.apiKey}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
      })
      if (answer.status < 300) return JSON.parse(answer.text) as RouteResponse<typeof name>
      throw new DemoError('bad-input', 'demo_refused', `The server refused ${route.method} ${path}: ${messageOf(answer)}`, {
        value: answer.status,
      })
    },
    batch: (events) =>
      ask(`${base}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${options.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ batch: events, sentAt: new Date().toISOString() }),
      }),
    link: (url, { method, userAgent, body, contentType }) => {
      const { pathname, search } = new URL(url, base)
      return ask(`${base}${pathname}${search}`, {
        method,
        headers: { 'user-agent': userAgent, ...(contentType !== undefined && { 'content-type': contentType }) },
        body: body ?? null,
      })
    },
  }
}

/** What the server says was wrong, as a sentence. */
export function messageOf(answer: Answer): string {
  try {
    const error = errorSchema.safeParse(JSON.parse(answer.text))
    if (error.success) return error.data.message
  } catch {
    // Not ours: a proxy's page, say.
  }
  return `it answered ${answer.status}`
}
