import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns'
import { Agent, fetch } from 'undici'
import { isPublicAddress, type AllowedRanges } from './addresses.ts'
import { SafeFetchError } from './errors.ts'

export interface SafeRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly signal: AbortSignal
  /** Largest answer that is read, in bytes; a larger one is an error. */
  readonly maxBytes: number
}

export interface SafeAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export type SafeFetch = (url: string, request: SafeRequest) => Promise<SafeAnswer>

/** An answer that is read as it comes; it is iterated or discarded, so that its connection becomes free. */
export interface SafeStream {
  readonly status: number
  readonly headers: Headers
  readonly body: AsyncIterable<Uint8Array>
  discard(): Promise<void>
}

export type SafeOpen = (url: string, request: Pick<SafeRequest, 'headers' | 'signal'>) => Promise<SafeStream>

const CONNECT_TIMEOUT_MS = 10_000

/**
 * Makes a `fetch` that calls public addresses only. A name is resolved once, for the very connection that is then made
 * to the address found, so that a name which changes between check and use gains nothing. Redirects are answered as they
 * are (status 3xx), never followed.
 * @returns the function, `open` which gets a file of any length piece by piece, and `close` which ends idle connections
 * @throws SafeFetchError from the functions, and while the pieces are read
 */
export function makeSafeFetch(allowed: AllowedRanges = []): { fetch: SafeFetch; open: SafeOpen; close(): Promise<void> } {
  const agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: makeGuardedLookup(allowed) },
    keepAliveTimeout: 4_000,
    connections: 16,
  })
  return {
    close: () => agent.close(),
    async open(text, { headers, signal }) {
      const url = checkUrl(text, allowed)
      try {
        const response = await fetch(url, { headers, signal, redirect: 'manual', dispatcher: agent })
        return {
          status: response.status,
          headers: response.headers as unknown as Headers,
          body: readPieces(response.body, url, signal),
          discard: async () => void (await response.body?.cancel()),
        }
      } catch (error) {
        throw toFailure(error, url, signal)
      }
    },
    async fetch(text, request) {
      const url = checkUrl(text, allowed)
      try {
        const { signal, method, headers, body } = request
        const response = await fetch(url, {
          method,
          headers,
          signal,
          redirect: 'manual',
          dispatcher: agent,
          ...(body === undefined ? {} : { body }),
        })
        return {
          status: response.status,
          headers: response.headers as unknown as Headers,
          text: await readLimited(response.body, request.maxBytes),
        }
      } catch (error) {
        throw toFailure(error, url, request.signal)
      }
    },
  }
}

function checkUrl(text: string, allowed: AllowedRanges): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new SafeFetchError(
      'url_refused',
      `"${text.slice(0, 200)}" cannot be called; allowed: an address that begins with https:// or http://.`,
    )
  }
  if (url.username || url.password) {
    throw new SafeFetchError('url_refused', `The address of ${url.host} carries a user name or password; send them in a header instead.`)
  }
  // A host that is an address itself is never looked up, so it is judged here. The URL standard has brought all
  // spellings (127.1, 0x7f000001) into one by now.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (/^[\d.]+$|:/.test(host) && !isPublicAddress(host, allowed)) throw refuse(host, host)
  return url
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

function makeGuardedLookup(allowed: AllowedRanges) {
  return (host: string, options: LookupOptions, done: LookupCallback): void => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, [])
      const found = addresses as LookupAddress[]
      const bad = found.find(({ address }) => !isPublicAddress(address, allowed))
      if (bad) return done(refuse(host, bad.address), [])
      const first = found[0]
      if (options.all || !first) done(null, found)
      else done(null, first.address, first.family)
    })
  }
}

function refuse(host: string, address: string): SafeFetchError {
  const named = host === address ? address : `${host} (${address})`
  return new SafeFetchError(
    'address_refused',
    `${named} is a private address and is not called. If it is yours and meant, name it in THROUGHLINE_ALLOW_PRIVATE_ADDRESSES.`,
  )
}

async function* readPieces(body: AsyncIterable<Uint8Array> | null, url: URL, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? []
  } catch (error) {
    throw toFailure(error, url, signal)
  }
}

async function readLimited(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.length
    if (size > maxBytes) throw new SafeFetchError('answer_too_large', `The answer is larger than ${maxBytes} bytes.`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function toFailure(error: unknown, url: URL, signal: AbortSignal): unknown {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof SafeFetchError) return at
  if (signal.aborted) return signal.reason
  // Only what the network says: an error about the request itself may repeat what stands in it, secrets too.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const isOfNetwork = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && !cause.code.startsWith('ERR_')
  return isOfNetwork || cause !== error
    ? new SafeFetchError('no_answer', `${url.host} did not answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause: error,
      })
    : new SafeFetchError('no_answer', `The request to ${url.host} could not be made; a header of it holds something that no header can.`)
}
