import { Readable } from 'node:stream'
import cookie from '@fastify/cookie'
import { routes, type Route, type RouteName } from '@throughline/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { answerFailure } from './answer-failure.ts'
import { beginAudit, type AuditPort } from './audited.ts'
import { authenticate, SESSION_COOKIE, type Authenticator } from './authenticate.ts'
import { HttpFailure } from './errors.ts'
import type { Download, Handlers } from './handler.ts'
import { problemsOf } from './problems.ts'
import { makeRateLimit } from './rate-limit.ts'
import { sendEvents } from './server-sent-events.ts'

export interface ApiOptions {
  readonly authenticator: Authenticator
  /** Origins under which people reach the console, besides the request's own host. */
  readonly trustedOrigins?: () => readonly string[]
  /** Tries a minute and address on routes open to anybody; default 20. */
  readonly publicTriesPerMinute?: number
  /** Keeps the audit log; without it nothing is recorded. */
  readonly audit?: AuditPort
  /** Whether answers are held against their schema too; tests do. */
  readonly checkAnswers?: boolean
}

type AnyHandler = (request: object) => Promise<unknown> | AsyncIterable<unknown>

/**
 * Registers every route of the contracts' table, and no other, under `/api`. Params, query and body are parsed before the
 * handler sees them; access is checked by what the table says; unknown paths get a JSON 404, other methods a JSON 405.
 */
export async function registerApi(app: FastifyInstance, handlers: Handlers<RouteName>, options: ApiOptions): Promise<void> {
  const tooMany = makeRateLimit(options.publicTriesPerMinute ?? 20, 60_000)
  await app.register(
    async (api) => {
      await api.register(cookie)
      takeEmptyJson(api)
      // Files are read as they come, by the handler, who also says where they are too long.
      api.addContentTypeParser('application/octet-stream', (_, payload, done) => done(null, payload))
      const open = new Set<AbortController>()
      // Streams have no end of their own: without this a stop would wait for the last reader to leave.
      api.addHook('preClose', async () => open.forEach((controller) => controller.abort()))
      api.setErrorHandler(answerFailure)
      api.setNotFoundHandler(answerUnknownRoute)
      for (const name of Object.keys(routes) as RouteName[]) {
        const route: Route = routes[name]
        const handler = handlers[name] as unknown as AnyHandler
        api.route({
          method: route.method,
          url: route.path.slice('/api'.length),
          ...(route.bodyBytes === undefined ? {} : { bodyLimit: route.bodyBytes }),
          handler: async (request, reply) => {
            if (route.access === 'public') refuseTooMany(tooMany(`${name} ${request.ip}`))
            const auth = await authenticate(request, route.access, options.authenticator, options.trustedOrigins ?? (() => []))
            const signal = signalOf(reply, open)
            const parts = { ...parse(route, request), ...(route.upload === true && { upload: uploadOf(request) }) }
            const audit = await beginAudit(options.audit, name, auth, parts, request)
            const input = { ...parts, auth, ...contextOf(request, reply, signal), audit }
            if (route.stream) return sendEvents(reply, (await handler(input)) as AsyncIterable<unknown>, signal)
            const answer = await audit.during(handler(input) as Promise<unknown>)
            if (route.download !== undefined) return sendFile(reply, route.download, answer as Download)
            if (options.checkAnswers) refuseBrokenAnswer(name, route.response, answer)
            return reply.header('cache-control', 'no-store').send(answer)
          },
        })
      }
    },
    { prefix: '/api' },
  )
}

// A file that breaks off half way ends its connection, by which the receiver knows that it is not whole.
function sendFile(reply: FastifyReply, type: string, file: Download): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${file.filename.replace(/[^\w.-]+/g, '-')}"`)
    .type(file.type ?? type)
    .send(Readable.from(file.content, { objectMode: false }))
}

// Clients that always name the content type send it with no body too, as for signing out.
function takeEmptyJson(api: FastifyInstance): void {
  const parseJson = api.getDefaultJsonParser('error', 'error')
  api.removeContentTypeParser('text/plain')
  api.removeContentTypeParser('application/json')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else void parseJson(request, body.toString(), done)
  })
}

function parse(route: Route, request: FastifyRequest): { params: unknown; query: unknown; body: unknown } {
  return {
    params: parsePart(route.params, request.params, 'path'),
    query: parsePart(route.query, request.query, 'query'),
    body: parsePart(route.body, request.body instanceof Readable ? {} : (request.body ?? {}), ''),
  }
}

function parsePart(schema: z.ZodType | undefined, input: unknown, prefix: string): unknown {
  if (schema === undefined) return undefined
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const problems = problemsOf(result.error, input, prefix)
  const first = problems[0]
  throw new HttpFailure('bad-input', 'bad_input', first?.message ?? 'The request cannot be read.', {
    ...(first && { field: first.field, value: first.value, allowed: first.allowed }),
    problems,
  })
}

function uploadOf(request: FastifyRequest): Readable {
  if (request.body instanceof Readable) return request.body
  throw new HttpFailure('bad-input', 'bad_input', 'Send the file itself as the body, with the content type application/octet-stream.', {
    field: 'content-type',
    value: request.headers['content-type'] ?? null,
    allowed: 'application/octet-stream',
  })
}

function contextOf(request: FastifyRequest, reply: FastifyReply, signal: AbortSignal) {
  return {
    requestId: request.id,
    ip: request.ip,
    session: request.cookies[SESSION_COOKIE] ?? null,
    signal,
    setSession(session: { token: string; expiresAt: number } | null): void {
      const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const
      if (session === null) reply.clearCookie(SESSION_COOKIE, attributes)
      else reply.setCookie(SESSION_COOKIE, session.token, { ...attributes, expires: new Date(session.expiresAt) })
    },
  }
}

function signalOf(reply: FastifyReply, open: Set<AbortController>): AbortSignal {
  const controller = new AbortController()
  open.add(controller)
  reply.raw.once('close', () => {
    open.delete(controller)
    controller.abort()
  })
  return controller.signal
}

function refuseTooMany(seconds: number): void {
  if (seconds > 0)
    throw new HttpFailure('too-many', 'too_many_requests', `Too many tries from this address. Try again in ${seconds} seconds.`, {
      retryAfter: seconds,
    })
}

function refuseBrokenAnswer(name: RouteName, schema: z.ZodType, answer: unknown): void {
  const result = schema.safeParse(answer)
  if (!result.success)
    throw new Error(
      `The answer of ${name} breaks its schema: ${problemsOf(result.error, answer)
        .map((problem) => problem.message)
        .join(' ')}`,
    )
}

function answerUnknownRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0] ?? request.url
  const methods = (Object.values(routes) as Route[]).filter((route) => matches(route.path, path)).map((route) => route.method)
  if (methods.length === 0) {
    return answerFailure(
      new HttpFailure('not-found', 'route_unknown', `There is no ${path}. GET /api/openapi.json lists what there is.`, {
        field: 'path',
        value: path,
      }),
      request,
      reply,
    )
  }
  const allowed = [...new Set(methods)].join(', ')
  const failure = new HttpFailure('wrong-method', 'wrong_method', `${path} does not answer ${request.method}; allowed: ${allowed}.`, {
    field: 'method',
    value: request.method,
    allowed,
  })
  return answerFailure(failure, request, reply.header('allow', allowed))
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const parts = path.split('/')
  return wanted.length === parts.length && wanted.every((part, index) => part.startsWith(':') || part === parts[index])
}
