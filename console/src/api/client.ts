import { errorSchema, routes } from '@throughline/contracts'
import type { Route, RouteInput, RouteName, RouteResponse } from '@throughline/contracts'
import { ApiFailure } from './failure.ts'

type Given<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] }
/** What a call of this route needs: its params, query and body, as far as it has them. */
export type CallInput<N extends RouteName> = Given<RouteInput<N>>

type Loose = { readonly params?: Record<string, unknown>; readonly query?: Record<string, unknown>; readonly body?: unknown }

/** Milliseconds after which a call is given up. */
const patience = 20_000

/** The address of a route with its params and query filled in; `undefined` and empty values are left out of the query. */
export function addressOf(route: Pick<Route, 'path'>, input: Loose): string {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input.params?.[name] ?? '')))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/**
 * Calls a route of the public API and parses its answer by the contract.
 * Throws an {@link ApiFailure}; an aborted `signal` rejects with the browser's AbortError.
 */
export async function call<N extends RouteName>(name: N, input: CallInput<N>, signal?: AbortSignal): Promise<RouteResponse<N>> {
  const route: Route = routes[name]
  const loose: Loose = input
  const address = addressOf(route, loose)
  const request = `${route.method} ${address}`
  const timeout = AbortSignal.timeout(patience)
  const response = await fetch(address, {
    method: route.method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(loose.body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: loose.body === undefined ? null : JSON.stringify(loose.body),
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause
    const late = timeout.aborted
    throw new ApiFailure({
      kind: late ? 'timeout' : 'unreachable',
      request,
      status: 0,
      message: late ? 'no answer in time' : 'no answer',
      cause,
    })
  })
  const text = await response.text()
  const data = parseJson(text)
  if (!response.ok) throw refusalOf(request, response.status, data)
  const parsed = route.response.safeParse(data)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new ApiFailure({
      kind: 'unexpected-answer',
      request,
      status: response.status,
      message: issue === undefined ? 'no JSON' : `${issue.path.join('.')}: ${issue.message}`,
    })
  }
  return parsed.data as RouteResponse<N>
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function refusalOf(request: string, status: number, data: unknown): ApiFailure {
  const answer = errorSchema.safeParse(data)
  const gateway = status === 502 || status === 503 || status === 504
  return new ApiFailure({
    kind: status >= 500 ? (gateway && !answer.success ? 'unreachable' : 'broken') : 'refused',
    request,
    status,
    answer: answer.success ? answer.data : null,
    message: answer.success ? answer.data.message : `HTTP ${status}`,
  })
}
