import { errorSchema, routes, type ApiError, type Route, type RouteInput, type RouteName, type RouteResponse } from '@throughline/contracts'
import { readServerFile, serverFilePath } from '../app/server-file.ts'

/** A server that a command talks to. */
export interface Server {
  readonly address: string
  readonly token: string
}

/** What went wrong with a call, to be shown as it is; `answer` is what the server said, if it said anything. */
export class CallError extends Error {
  readonly answer: ApiError | null
  constructor(message: string, answer: ApiError | null = null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CallError'
    this.answer = answer
  }
}

/**
 * Finds the server: the one of `--url` with `--api-key`, or else the one that runs with this data folder.
 * Throws a {@link CallError} that says what to do when there is none.
 */
export function findServer(options: { url?: string; apiKey?: string; dataDir: string }): Server {
  if (options.url !== undefined) {
    if (!URL.canParse(options.url)) throw new CallError(`--url is "${options.url}"; allowed: an address such as http://127.0.0.1:4800.`)
    const token = options.apiKey ?? process.env.THROUGHLINE_API_KEY
    if (token === undefined)
      throw new CallError(
        '--url needs an API key: give --api-key, or set THROUGHLINE_API_KEY. Settings, API keys in the console makes one.',
      )
    return { address: options.url.replace(/\/+$/, ''), token }
  }
  const file = readServerFile(options.dataDir)
  if (file === null) {
    throw new CallError(
      `No server runs with the data folder ${options.dataDir} (there is no ${serverFilePath(options.dataDir)}). Start one with \`npx throughline start\`, or name another with --url and --api-key.`,
    )
  }
  return { address: file.address, token: options.apiKey ?? file.token }
}

type Input<N extends RouteName> = { [K in keyof RouteInput<N> as RouteInput<N>[K] extends undefined ? never : K]: RouteInput<N>[K] }

/** Calls a route of the management API. Throws a {@link CallError}. */
export async function callServer<N extends RouteName>(server: Server, name: N, input: Input<N>): Promise<RouteResponse<N>> {
  const route: Route = routes[name]
  const { body } = input as { body?: unknown }
  const response = await request(server, addressOf(route, input), {
    method: route.method,
    headers: { authorization: `Bearer ${server.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return (await response.json()) as RouteResponse<N>
}

/**
 * The same as a person: signs in, calls, and signs out again. For what no API key may do. Throws a {@link CallError}.
 * @param who e-mail address and password of an account
 */
export async function callAs<N extends RouteName>(
  { address }: Pick<Server, 'address'>,
  who: { readonly email: string; readonly password: string },
  name: N,
  input: Input<N>,
): Promise<RouteResponse<N>> {
  const headers = { 'content-type': 'application/json', origin: new URL(address).origin }
  const at = { address, token: '' }
  const entry = await request(at, routes.signIn.path, { method: 'POST', headers, body: JSON.stringify(who) })
  const cookie = entry.headers
    .getSetCookie()
    .map((one) => one.split(';')[0]!)
    .join('; ')
  try {
    const route: Route = routes[name]
    const { body = {} } = input as { body?: unknown }
    const response = await request(at, addressOf(route, input), {
      method: route.method,
      headers: { ...headers, cookie },
      body: JSON.stringify(body),
    })
    return (await response.json()) as RouteResponse<N>
  } finally {
    await request(at, routes.signOut.path, { method: 'POST', headers: { ...headers, cookie }, body: '{}' }).catch(() => undefined)
  }
}

/** Sends a file to a route that takes one. Throws a {@link CallError}. */
export async function uploadTo<N extends RouteName>(server: Server, name: N, input: Input<N>, file: Blob): Promise<RouteResponse<N>> {
  const response = await request(server, addressOf(routes[name], input), {
    method: routes[name].method,
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/octet-stream' },
    body: file,
  })
  return (await response.json()) as RouteResponse<N>
}

/** The file that a route answers, piece by piece. Throws a {@link CallError}. */
export async function downloadFrom<N extends RouteName>(server: Server, name: N, input: Input<N>): Promise<ReadableStream<Uint8Array>> {
  const response = await request(server, addressOf(routes[name], input), { headers: { authorization: `Bearer ${server.token}` } })
  return response.body!
}

/** Follows a route that answers server-sent events, one item at a time, until the server ends or `signal` does. */
export async function* followServer<N extends RouteName>(
  server: Server,
  name: N,
  input: Input<N>,
  signal: AbortSignal,
): AsyncIterable<RouteResponse<N>> {
  const { body } = input as { body?: unknown }
  const response = await request(server, addressOf(routes[name], input), {
    method: routes[name].method,
    headers: {
      authorization: `Bearer ${server.token}`,
      accept: 'text/event-stream',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal,
  })
  let rest = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => line.slice(6))
        .join('\n')
      if (data !== '') yield JSON.parse(data) as RouteResponse<N>
    }
  }
}

async function request(server: Server, path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(server.address + path, init).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause
    throw new CallError(`The server at ${server.address} does not answer. Is it running? \`npx throughline doctor\` looks closer.`, null, {
      cause,
    })
  })
  if (response.ok) return response
  const answer = errorSchema.safeParse(await response.json().catch(() => null))
  throw answer.success
    ? new CallError(answer.data.message, answer.data)
    : new CallError(`The server at ${server.address} answered ${response.status} without a reason; is it a Throughline server?`)
}

function addressOf(route: Route, input: object): string {
  const { params = {}, query = {} } = input as { params?: Record<string, unknown>; query?: Record<string, unknown> }
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]])),
  )
  return search.size === 0 ? path : `${path}?${search.toString()}`
}
