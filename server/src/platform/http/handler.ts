import type { Db } from '../postgres/index.ts'
import type { Role, RouteName, RouteRequest, RouteResponse, routes } from '@throughline/contracts'

/** Who is calling: a signed-in user, or the bearer of an API key. */
export interface Caller {
  readonly kind: 'user' | 'api-key'
  /** The user's id, or the key's. */
  readonly id: string
  /** The user's e-mail address, or the key's name: what is recorded as "by whom". */
  readonly name: string
  readonly role: Role
  /** Of a key: the id of the user who made it; null where none is known. */
  readonly madeBy?: string | null
}

/** What a handler adds to the record of its call in the audit log; on a route without one, nothing comes of it. */
export interface AuditNote {
  /** Says more than address and body do; what is given replaces what stood there. Secrets are left out by their names. */
  note(details: AuditDetails): void
  /** Finishes the record within the transaction of the action: it is there exactly when what was done is. */
  commit(db: Db): Promise<void>
}

export interface AuditDetails {
  /** Who it was, when the call itself does not say: somebody who signs in. */
  readonly actor?: Pick<Caller, 'kind' | 'id' | 'name'>
  /** On whom or what. */
  readonly subject?: string
  /** What was there before and what is there now; where both are given, only what differs is kept. */
  readonly before?: object
  readonly after?: object
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
  readonly audit: AuditNote
  /** Ends when the caller hangs up. */
  readonly signal: AbortSignal
}

type Uploaded<N extends RouteName> = RouteOf<N> extends { readonly upload: true } ? { readonly upload: AsyncIterable<Uint8Array> } : unknown

/** A request as its handler receives it: parsed, defaulted, and from somebody who may call the route. */
export type HandlerRequest<N extends RouteName> = RouteRequest<N> &
  CallContext &
  Uploaded<N> & { readonly auth: RouteOf<N>['access'] extends 'public' ? null : Caller }

/** A file that a route answers, written as it is read. */
export interface Download {
  /** What the browser calls it. */
  readonly filename: string
  /** In place of the type that the route declares. */
  readonly type?: string
  readonly content: AsyncIterable<string | Uint8Array>
}

/**
 * What answers a route. A route declared `download` answers a {@link Download}. A route declared `stream` answers an async
 * iterable, one item per server-sent event, which ends when `signal` does; what is refused before there is one is answered as usual. Throws {@link Failure} for what the caller should read; anything else becomes a 500 without detail.
 */
export type Handler<N extends RouteName> = (
  request: HandlerRequest<N>,
) => RouteOf<N> extends { readonly stream: true }
  ? AsyncIterable<RouteResponse<N>> | Promise<AsyncIterable<RouteResponse<N>>>
  : RouteOf<N> extends { readonly download: string }
    ? Promise<Download>
    : Promise<RouteResponse<N>>

/** Handlers of some routes, as a domain exports them: `satisfies Handlers<'people' | 'person'>`. */
export type Handlers<N extends RouteName> = { readonly [K in N]: Handler<K> }
