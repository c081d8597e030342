import type { Role, RouteName, RouteRequest, RouteResponse, routes } from '@throughline/contracts'

/** Who is calling: a signed-in user, or the bearer of an API key. */
export interface Caller {
  readonly kind: 'user' | 'api-key'
  /** The user's id, or the key's. */
  readonly id: string
  /** The user's e-mail address, or the key's name: what is recorded as "by whom". */
  readonly name: string
  readonly role: Role
}

type RouteOf<N extends RouteName> = (typeof routes)[N]

/** What every handler gets besides params, query and body. */
export interface CallContext {
  readonly requestId: string
  /** The caller's address as the server saw it. */
  readonly ip: string
  /** The caller's session, when it came with one. */
  readonly session: string | null
  /** Hands the browser a session, or with `null` takes it away. */
  setSession(session: { readonly token: string; readonly expiresAt: number } | null): void
  /** Ends when the caller hangs up. */
  readonly signal: AbortSignal
}

/** A request as its handler receives it: parsed, defaulted, and from somebody who may call the route. */
export type HandlerRequest<N extends RouteName> = RouteRequest<N> &
  CallContext & { readonly auth: RouteOf<N>['access'] extends 'public' ? null : Caller }

/**
 * What answers a route. A route declared `stream` answers an async iterable, one item per server-sent event, which ends
 * when `signal` does. Throws {@link Failure} for what the caller should read; anything else becomes a 500 without detail.
 */
export type Handler<N extends RouteName> = (
  request: HandlerRequest<N>,
) => RouteOf<N> extends { readonly stream: true } ? AsyncIterable<RouteResponse<N>> : Promise<RouteResponse<N>>

/** Handlers of some routes, as a domain exports them: `satisfies Handlers<'people' | 'person'>`. */
export type Handlers<N extends RouteName> = { readonly [K in N]: Handler<K> }
