import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerFailure, HttpFailure } from '../platform/http/index.ts'
import type { CallDeps, CallKind } from './call.ts'
import { registerClientFiles } from './client-files.ts'
import { answerCall } from './raw-call.ts'

/** The paths that Segment's clients use, long and short, each with and without `/v1` in front. */
const paths: { readonly [path: string]: CallKind } = {
  identify: 'identify',
  i: 'identify',
  track: 'track',
  t: 'track',
  page: 'page',
  p: 'page',
  screen: 'screen',
  s: 'screen',
  group: 'group',
  g: 'group',
  alias: 'alias',
  a: 'alias',
  batch: 'batch',
  b: 'batch',
  import: 'import',
  m: 'metrics',
}
const calls: ReadonlyMap<string, CallKind> = new Map(
  Object.entries(paths).flatMap(([path, kind]) => [
    [`/v1/${path}`, kind],
    [`/${path}`, kind],
  ]),
)

/**
 * Registers the Segment-compatible API and what its clients ask for besides: their settings and the browser library.
 * Open to every origin, since a write key is public by nature and no cookie is looked at.
 */
export async function registerIngest(app: FastifyInstance, deps: CallDeps): Promise<void> {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  const answer = (kind: CallKind, request: IncomingMessage, response: ServerResponse): void => {
    void answerCall(kind, request, response, deps, app.log, () => closing)
  }
  takeCallsFirst(app, answer)
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // Bodies stay unread: the call reads its own.
    scope.addContentTypeParser('*', (_, __, done) => done(null))
    scope.addHook('onRequest', async (request, reply) => {
      allowAnyOrigin(request, reply)
    })
    const preflight = async (_: FastifyRequest, reply: FastifyReply): Promise<void> => {
      await reply.code(204).send()
    }
    for (const [url, kind] of calls) {
      scope.options(url, preflight)
      scope.post(url, (request, reply) => {
        reply.hijack()
        answer(kind, request.raw, reply.raw)
      })
      // Only under /v1: the short paths belong to whoever opens a page there.
      if (url.startsWith('/v1/')) scope.route({ method: ['GET', 'PUT', 'PATCH', 'DELETE'], url, handler: refuseMethod })
    }
    registerClientFiles(scope, deps.sources)
  })
}

/**
 * Hands calls to {@link answerCall} before the framework sees them; whatever else comes goes on to it, and so do calls
 * whose address is written in an unusual way, which it finds by its routes.
 */
function takeCallsFirst(app: FastifyInstance, answer: (kind: CallKind, request: IncomingMessage, response: ServerResponse) => void): void {
  const others = app.server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  app.server.removeAllListeners('request')
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? ''
    const query = url.indexOf('?')
    const kind = request.method === 'POST' ? calls.get(query === -1 ? url : url.slice(0, query)) : undefined
    if (kind !== undefined) answer(kind, request, response)
    else for (const other of others) other.call(app.server, request, response)
  })
}

function refuseMethod(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0] ?? request.url
  const failure = new HttpFailure('wrong-method', 'wrong_method', `${path} does not answer ${request.method}; allowed: POST.`, {
    field: 'method',
    value: request.method,
    allowed: 'POST',
  })
  return answerFailure(failure, request, reply.header('allow', 'POST, OPTIONS'))
}

/** Lets pages of every origin call and read the answer: for routes that look at no cookie, and that whoever reads such a page may call anyway. */
export function allowAnyOrigin(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.origin === undefined) return
  reply.header('access-control-allow-origin', '*')
  if (request.method !== 'OPTIONS') return
  // Fetch standard, "CORS protocol": what the page wants to send is granted by name, since "*" leaves out Authorization.
  reply.header('access-control-allow-methods', 'GET, POST, OPTIONS')
  reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? 'content-type, authorization')
  reply.header('access-control-max-age', '86400')
  reply.header('vary', 'access-control-request-headers')
}
