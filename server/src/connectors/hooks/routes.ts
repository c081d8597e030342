import { acceptLimits, type HookBody, type Json } from '@throughline/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { v7 } from 'uuid'
import type { HashIdentifier } from '../../identity/index.ts'
import { answerFailure, Failure } from '../../platform/http/index.ts'
import { isEqual } from '../../platform/secrets/index.ts'
import { ConnectorError } from '../errors.ts'
import type { SecretBox } from '../pulls/seal.ts'
import { tellsOfForgotten } from './forgotten.ts'
import { openBody, receive, type ReceiveDeps } from './receive.ts'
import { openIfPossible } from './open.ts'
import { isSigned } from './signature.ts'
import { findHook, keepBody, type StoredHook } from './store.ts'

export interface HookRouteDeps extends ReceiveDeps {
  readonly secrets: SecretBox
  /** How forgotten identifiers are recognised. */
  readonly hash: HashIdentifier
}

/** How long a change of a hook may take to be known here, ms. */
const CACHE_MS = 1_000
/** Of bodies that are taken one in so long is kept to be looked at, ms. */
const KEEP_EVERY_MS = 1_000
/** When a sender is asked to come again, seconds. */
const AGAIN_SECONDS = 600

/** Token and secret are null where they were sealed under another secret key; the secret also where there is none. */
type Known = { readonly hook: StoredHook; readonly token: string | null; readonly secret: string | null }

/**
 * Registers `POST /hooks/:id/:token`, which other systems call. Open to whoever has the address, and signs where the hook says so;
 * 200 when what was told is durable.
 */
export async function registerHooks(app: FastifyInstance, deps: HookRouteDeps): Promise<void> {
  const known = new LRUCache<string, { readonly found: Known | null }>({ max: 1_000, ttl: CACHE_MS })
  const keptAt = new LRUCache<string, number>({ max: 1_000 })

  async function find(id: string, token: string): Promise<Known> {
    let cached = known.get(id)
    if (cached === undefined) {
      const hook = id.length === 36 ? await findHook(deps.pool, id) : null
      cached = { found: hook === null ? null : open(hook, deps.secrets) }
      known.set(id, cached)
    }
    if (cached.found !== null && cached.found.token === null) throw unreadable()
    // Compared also where there is no such hook, so that the time says nothing.
    const isRight = isEqual(token, cached.found?.token ?? '-')
    if (cached.found === null || !isRight)
      throw new ConnectorError(
        'not-found',
        'hook_unknown',
        'There is no incoming webhook under this address. The console shows it under Imports, Webhooks.',
        {
          field: 'path',
        },
      )
    return cached.found
  }

  async function keep(request: FastifyRequest, { id, state }: StoredHook, json: Json, body: Omit<HookBody, 'id' | 'at'>): Promise<void> {
    const now = Date.now()
    if (state === 'on' && body.outcome === 'accepted' && now - (keptAt.get(id) ?? 0) < KEEP_EVERY_MS) return
    keptAt.set(id, now)
    try {
      if (await tellsOfForgotten(deps.pool, json, deps.hash)) return
      await keepBody(deps.pool, id, { ...body, id: v7(), at: now })
    } catch (error) {
      request.log.warn({ err: error, hook: id }, 'could not keep the body of an incoming webhook')
    }
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { id, token } = request.params as { id: string; token: string }
    const { hook, secret } = await find(id, token)
    if (hook.secret !== null && secret === null) throw unreadable()
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    if (hook.signature !== null && !isSigned(hook.signature, secret ?? '', request.headers, raw))
      throw new ConnectorError(
        'not-signed-in',
        'hook_signature_wrong',
        `The header ${hook.signature.header} does not hold the signature of this body; the secret, the algorithm or the encoding is another.`,
        {
          field: hook.signature.header,
          allowed: `${hook.signature.prefix}HMAC-${hook.signature.algorithm.toUpperCase()} in ${hook.signature.encoding}`,
        },
      )
    if (hook.state === 'paused') {
      const paused = new ConnectorError('unavailable', 'hook_paused', 'This incoming webhook is paused. Send it again later.', {
        retryAfter: AGAIN_SECONDS,
      })
      // Meant so, and no fault that the log should tell of.
      return reply
        .code(503)
        .header('retry-after', String(AGAIN_SECONDS))
        .send({ code: paused.code, message: paused.message, requestId: request.id })
    }
    const { json, text } = await openBody(raw, request.headers['content-encoding'])
    switch (hook.state) {
      case 'listening':
        await keep(request, hook, json, { outcome: 'kept', note: null, body: text })
        return reply.send({ success: true, taken: 0, listening: true })
      case 'on': {
        const { received, failure, forgotten } = await receive(deps, hook, json, request.headers, Date.now()).catch(
          async (error: unknown) => {
            if (error instanceof Failure && error.kind === 'bad-input')
              await keep(request, hook, json, { outcome: 'refused', note: error.message, body: text })
            throw error
          },
        )
        const note = failure?.message ?? received.refused[0]?.problems[0]?.message ?? null
        if (!forgotten) await keep(request, hook, json, { outcome: note === null ? 'accepted' : 'refused', note, body: text })
        if (failure !== null) throw failure
        return reply.send({ success: true, ...received })
      }
      default:
        return hook.state satisfies never
    }
  }

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    // As bytes: the signature is of these, and clients label JSON in many ways.
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: acceptLimits.batchBytes }, (_, body, done) => done(null, body))
    scope.setErrorHandler(answerFailure)
    scope.post('/hooks/:id/:token', answer)
  })
}

function open(hook: StoredHook, box: SecretBox): Known {
  return { hook, token: openIfPossible(box, hook.token), secret: hook.secret === null ? null : openIfPossible(box, hook.secret) }
}

/** Whoever sends comes again: until then the key may be back, or the secret entered anew. */
function unreadable(): ConnectorError {
  return new ConnectorError(
    'unavailable',
    'hook_unreadable',
    'This incoming webhook was sealed under another secret key of the server and takes nothing. Its page in the console says what to do: bring back the secret key, or give it another address and enter its secret again. Send it again later.',
    { retryAfter: AGAIN_SECONDS },
  )
}
