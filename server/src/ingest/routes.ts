import { acceptLimits } from '@throughline/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerFailure } from '../platform/http/index.ts'
import { bodyTooLarge, readBody } from './body.ts'
import { takeCall, type CallDeps, type CallKind } from './call.ts'
import { registerClientFiles } from './client-files.ts'
import { keyOf } from './write-key.ts'

/** The paths that Segment's clients use, long and short, each with and without `/v1` in front. */
const paths: { readonly [path: string]: CallKind } = {
  identify: 'identify', i: 'identify',
  track: 'track', t: 'track',
  page: 'page', p: 'page',
  screen: 'screen', s: 'screen',
  group: 'group', g: 'group',
  alias: 'alias', a: 'alias',
  batch: 'batch', b: 'batch',
  import: 'import',
  m: 'metrics',
}

const SUCCESS = '{"success":true}'
/** A call is larger on the wire than its JSON only when somebody packs it badly. */
const WIRE_BYTES = acceptLimits.batchBytes

/**
 * Registers the Segment-compatible API and what its clients ask for besides: their settings and the browser library.
 * Open to every origin, since a write key is public by nature and no cookie is looked at.
 */
export async function registerIngest(app: FastifyInstance, deps: CallDeps): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: WIRE_BYTES }, (_, body, done) => done(null, body))
    scope.addHook('onRequest', async (request, reply) => {
      // Clients label their bodies wrongly in every way, so labels are not looked at.
      if (request.method === 'POST') request.raw.headers['content-type'] = 'application/octet-stream'
      allowAnyOrigin(request, reply)
    })
    scope.setErrorHandler(answerError)
    const preflight = async (_: FastifyRequest, reply: FastifyReply): Promise<void> => {
      await reply.code(204).send()
    }
    for (const [path, kind] of Object.entries(paths)) {
      const handler = makeHandler(kind, deps)
      for (const url of [`/v1/${path}`, `/${path}`]) {
        scope.post(url, handler)
        scope.options(url, preflight)
      }
    }
    registerClientFiles(scope, deps.sources)
  })
}

function makeHandler(kind: CallKind, deps: CallDeps) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const receivedAt = Date.now()
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const text = await readBody(raw, request.headers['content-encoding'])
    const answer = await takeCall(kind, text, keyOf(request), receivedAt, deps)
    return reply.header('content-type', 'application/json').send('accepted' in answer ? JSON.stringify(answer) : SUCCESS)
  }
}

function allowAnyOrigin(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.origin === undefined) return
  reply.header('access-control-allow-origin', '*')
  if (request.method !== 'OPTIONS') return
  // Fetch standard, "CORS protocol": what the page wants to send is granted by name, since "*" leaves out Authorization.
  reply.header('access-control-allow-methods', 'GET, POST, OPTIONS')
  reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? 'content-type, authorization')
  reply.header('access-control-max-age', '86400')
  reply.header('vary', 'access-control-request-headers')
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const tooLarge = error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
  const length = Number(request.headers['content-length'])
  return answerFailure(tooLarge ? bodyTooLarge(Number.isSafeInteger(length) ? length : undefined) : error, request, reply)
}
