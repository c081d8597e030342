import { roles, type Access, type Role } from '@throughline/contracts'
import type { FastifyRequest } from 'fastify'
import { HttpFailure } from './errors.ts'
import type { Caller } from './handler.ts'

/** The port through which the accounts domain tells who is calling. */
export interface Authenticator {
  /** The user of a session, or null when it is unknown or over. */
  callerOfSession(token: string): Promise<Caller | null>
  /** The bearer of an API key, or null when there is no such key. */
  callerOfApiKey(key: string): Promise<Caller | null>
}

export const SESSION_COOKIE = 'throughline_session'

/**
 * Finds out who calls and whether they may. A Bearer key is taken before a cookie. Throws `not_signed_in`,
 * `not_allowed`, or `foreign_origin` when a browser was led here by another site.
 * @param trustedOrigins origins under which the console is reached besides the one that the request names as its host
 */
export async function authenticate(
  request: FastifyRequest,
  access: Access,
  authenticator: Authenticator,
  trustedOrigins: () => readonly string[],
): Promise<Caller | null> {
  if (access === 'public') {
    refuseForeignOrigin(request, trustedOrigins(), false)
    return null
  }
  const key = /^bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1]
  const session = key === undefined ? request.cookies[SESSION_COOKIE] : undefined
  const caller = key !== undefined ? await authenticator.callerOfApiKey(key) : session ? await authenticator.callerOfSession(session) : null
  if (caller === null) {
    const how =
      key !== undefined
        ? 'This API key is not known here; it may have been removed.'
        : 'Sign in first, or send an API key as "Authorization: Bearer …".'
    throw new HttpFailure('not-signed-in', 'not_signed_in', how)
  }
  if (key === undefined) refuseForeignOrigin(request, trustedOrigins(), true)
  if (!mayCall(caller.role, access)) {
    throw new HttpFailure(
      'not-allowed',
      'not_allowed',
      `This needs the role ${access}, and ${caller.name} has the role ${caller.role}. An admin can change that.`,
      {
        field: 'role',
        value: caller.role,
        allowed: roles.slice(roles.indexOf(access as Role)).join(', '),
      },
    )
  }
  return caller
}

function mayCall(role: Role, access: Access): boolean {
  const needed = roles.indexOf(access as Role)
  return needed >= 0 && roles.indexOf(role) >= needed
}

/**
 * Defence against forged cross-site requests, beside SameSite=Lax: every browser says with a state-changing request where
 * it comes from (Fetch standard, `Origin`; Fetch metadata, `Sec-Fetch-Site`), and no page can change that.
 * @param required whether a request that says nothing is refused too: yes as soon as a cookie speaks for it
 */
function refuseForeignOrigin(request: FastifyRequest, trusted: readonly string[], required: boolean): void {
  if (request.method === 'GET') return
  const origin = request.headers.origin
  const own = `${request.protocol}://${request.host}`
  if (origin === undefined) {
    const site = request.headers['sec-fetch-site']
    if (site === 'same-origin' || (site === undefined && !required)) return
  } else if (sameHost(origin, own) || trusted.some((one) => sameHost(origin, one))) return
  throw new HttpFailure(
    'not-allowed',
    'foreign_origin',
    'This request came from another site than the console, so it was refused. Behind a proxy, set the base URL to the address that people use, or let the proxy pass the Host header on.',
    {
      field: 'origin',
      value: origin ?? null,
      allowed: own,
    },
  )
}

// The scheme is left out: behind a proxy that ends TLS the server sees http where the browser says https.
function sameHost(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).host === new URL(b).host
}
