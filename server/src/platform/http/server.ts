import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { Histogram, type Registry } from 'prom-client'
import type { Logger } from '../log/index.ts'
import { answerFailure } from './answer-failure.ts'
import { registerHealth, type HealthChecks } from './health.ts'
import { ListenError } from './listen-error.ts'

export interface HttpServerOptions {
  readonly log: Logger
  readonly metrics: Registry
  /** What /readyz asks. */
  readonly checks: HealthChecks
  /** Whether X-Forwarded-For and -Proto are believed: only behind a proxy of one's own. */
  readonly trustProxy?: boolean
}

// Styles inline: the console's component library sets them. Pictures from anywhere: messages are shown as people see them.
const CONTENT_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'img-src * data: blob:',
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ')

/**
 * Makes the HTTP server that everything else is registered on: request ids, security headers, errors as JSON without
 * detail, /healthz, /readyz, /metrics. A route may overwrite any header that is set here.
 */
export function makeHttpServer(options: HttpServerOptions): FastifyInstance {
  const app = Fastify({
    loggerInstance: options.log satisfies FastifyBaseLogger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy ?? false,
    requestIdHeader: false,
    genReqId: () => randomBytes(9).toString('base64url'),
    bodyLimit: 1 << 20,
    // A stop ends idle connections at once and answers 503 on what still comes in.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 1_000 },
  })
  const seconds = new Histogram({
    name: 'throughline_http_request_seconds',
    help: 'HTTP requests by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [options.metrics],
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'content-security-policy': CONTENT_POLICY,
    })
  })
  app.addHook('onResponse', async (request, reply) => {
    // By pattern, not by address: ids in addresses would make a series of each.
    const route = request.routeOptions.url ?? 'none'
    seconds.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000)
  })
  app.setErrorHandler(answerFailure)
  registerHealth(app, options.checks, options.metrics)
  return app
}

/** What an operator sets to choose the port that a program listens on. */
export const PORT_SETTING = '--port (THROUGHLINE_PORT)'

/**
 * Begins to listen.
 * @param setting what chooses the port, for the error that names it
 * @returns the address under which this machine reaches the server
 * @throws ListenError when the port is taken or not allowed, naming the setting to change
 */
export async function listen(app: FastifyInstance, place: { host: string; port: number }, setting = PORT_SETTING): Promise<string> {
  try {
    // A copy: Fastify adds to what it is given.
    await app.listen({ host: place.host, port: place.port })
  } catch (error) {
    throw ListenError.from(error, place, setting)
  }
  const bound = app.server.address()
  const local = place.host === '0.0.0.0' || place.host === '::' ? 'localhost' : place.host.includes(':') ? `[${place.host}]` : place.host
  return `http://${local}:${typeof bound === 'object' && bound ? bound.port : place.port}`
}

/**
 * Looks whether {@link listen} would succeed, so that this is said before anything else is started.
 * @throws ListenError as `listen` does
 */
export async function checkPort(place: { host: string; port: number }): Promise<void> {
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(place.port, place.host, resolve))
  } catch (error) {
    throw ListenError.from(error, place, PORT_SETTING)
  }
  await new Promise((resolve) => probe.close(resolve))
}

/**
 * Stops taking requests, finishes those that are running, and after `graceMs` cuts off the rest.
 */
export async function closeServer(app: FastifyInstance, graceMs = 10_000): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
  }
}
