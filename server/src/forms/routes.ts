import { formLimits, formPlaces, type FormBody } from '@throughline/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { brokenLinkPage } from '../channels/index.ts'
import { allowAnyOrigin, type AcceptEvent, type AcceptOutcome } from '../ingest/index.ts'
import { answerFailure, Failure, HttpFailure, makeRateLimit, sendPage, statusOf } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import type { Secrets } from '../platform/secrets/index.ts'
import { browserScript } from './browser-script.ts'
import { confirm, findLink, makeLink } from './confirm.ts'
import { FormError } from './errors.ts'
import { askPage, expiredPage, refusedPage, thanksPage } from './pages.ts'
import { findForm } from './store.ts'
import { contextOf, submit, type Sender, type SubmitDeps } from './submit.ts'

export interface FormRouteDeps {
  readonly pool: Pool
  readonly settings: SubmitDeps['settings']
  readonly secrets: Pick<Secrets, 'signToken' | 'readToken'>
  readonly append: (events: AcceptEvent[]) => Promise<readonly AcceptOutcome[]>
  /** Submissions that one address may send within a minute; 30 where nothing is said. */
  readonly triesPerMinute?: number
}

/** How long a change of a form may take to be known here, ms. */
const CACHE_MS = 1_000

interface Body {
  /** Whether a page sent it by itself, without a script: then a page is answered. */
  readonly plain: boolean
  readonly given: { readonly [name: string]: unknown }
}

/**
 * Registers `POST /v1/forms/:id` and `/v1/forms.js`, which pages of the shop use from wherever they are, and `/f/TOKEN`, the page where somebody confirms.
 * Open to everybody, since a form stands in a page that everybody reads; no cookie is looked at.
 */
export async function registerForms(app: FastifyInstance, deps: FormRouteDeps): Promise<void> {
  const { pool, secrets } = deps
  const tooMany = makeRateLimit(deps.triesPerMinute ?? 30, 60_000)
  const known = new LRUCache<string, { readonly form: FormBody | null }>({ max: 1_000, ttl: CACHE_MS })
  const submitDeps: SubmitDeps = { ...deps, linkOf: (...of) => makeLink(secrets, ...of) }

  async function find(id: string): Promise<FormBody> {
    let cached = known.get(id)
    if (cached === undefined) {
      cached = { form: id.length > 64 ? null : await findForm(pool, id) }
      known.set(id, cached)
    }
    if (cached.form === null)
      throw new FormError('not-found', 'form_unknown', 'This form takes nothing any more.', { field: 'id', value: id.slice(0, 64) })
    return cached.form
  }

  async function take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { id } = request.params as { id: string }
    const wait = tooMany(request.ip)
    if (wait > 0)
      throw new HttpFailure('too-many', 'too_many_requests', `Too much came from this address. Please try again in ${wait} seconds.`, {
        retryAfter: wait,
      })
    const form = await find(id)
    const { plain, given } = readBody(request)
    const answer = await submit(submitDeps, id, form, given, senderOf(request))
    if (!plain) return reply.header('cache-control', 'no-store').send(answer)
    return answer.redirect === null ? sendPage(reply, 200, thanksPage(answer.message)) : reply.redirect(answer.redirect, 303)
  }

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: formLimits.bodyBytes }, (_request, body, done) => done(null, body))
    scope.addHook('onRequest', async (request, reply) => {
      allowAnyOrigin(request, reply)
    })
    scope.setErrorHandler((error, request, reply) => {
      if (!isPlain(request)) return answerFailure(error, request, reply)
      if (!(error instanceof Failure)) {
        request.log.error({ err: error, route: request.routeOptions?.url }, 'could not take a form')
        return sendPage(reply, 500, refusedPage('Something went wrong on our side. Please try again.', [], backOf(request)))
      }
      const { problems = [], retryAfter } = error.details
      if (retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(retryAfter)))
      return sendPage(reply, statusOf[error.kind], refusedPage(error.message, problems, backOf(request)))
    })
    scope.options('/v1/forms/:id', async (_, reply) => reply.code(204).send())
    scope.post('/v1/forms/:id', take)
    scope.get('/v1/forms.js', async (_, reply) =>
      reply
        .header('content-type', 'text/javascript; charset=utf-8')
        .header('cache-control', 'public, max-age=3600')
        .header('access-control-allow-origin', '*')
        .send(browserScript),
    )
  })

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 1_024 }, (_request, body, done) => done(null, body))
    // A wildcard, since tokens may be long. Whoever only looks changes nothing: scanners follow every link of a mail.
    scope.get<{ Params: { '*': string } }>('/f/*', async (request, reply) => {
      const found = await findLink(pool, secrets, request.params['*'], Date.now())
      switch (found.kind) {
        case 'broken':
          return sendPage(reply, 404, brokenLinkPage())
        case 'expired':
          return sendPage(reply, 410, expiredPage())
        case 'confirmed':
          return sendPage(reply, 200, thanksPage(found.words?.thanks ?? CONFIRMED))
        case 'waiting':
          return sendPage(reply, 200, askPage(found.words?.question ?? QUESTION, found.words?.button ?? 'Confirm'), found.words?.redirect)
        default:
          return found satisfies never
      }
    })
    scope.post<{ Params: { '*': string } }>('/f/*', async (request, reply) => {
      const found = await findLink(pool, secrets, request.params['*'], Date.now())
      if (found.kind === 'broken') return sendPage(reply, 404, brokenLinkPage())
      if (found.kind === 'expired') return sendPage(reply, 410, expiredPage())
      if (found.kind === 'waiting') await confirm(deps, found, contextOf(senderOf(request)))
      const to = found.words?.redirect ?? null
      return to === null ? sendPage(reply, 200, thanksPage(found.words?.thanks ?? CONFIRMED)) : reply.redirect(to, 303)
    })
  })
}

/** For links whose form is there no more. */
const QUESTION = 'Please confirm that this is your e-mail address.'
const CONFIRMED = 'Thank you. Your e-mail address is confirmed.'

const isPlain = ({ headers }: FastifyRequest): boolean =>
  (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded') && !(headers.accept ?? '').includes('application/json')

/** @throws FormError `form_body_unreadable` */
function readBody(request: FastifyRequest): Body {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  const text = typeof request.body === 'string' ? request.body : ''
  if (type === 'application/x-www-form-urlencoded') return { plain: isPlain(request), given: Object.fromEntries(new URLSearchParams(text)) }
  const allowed = 'a JSON object, or what a form sends as application/x-www-form-urlencoded'
  if (type !== 'application/json' && type !== 'text/plain')
    throw new FormError('bad-input', 'form_body_unreadable', `The body is ${type === '' ? 'of no type' : type}; allowed: ${allowed}.`, {
      field: 'content-type',
      value: type,
      allowed,
    })
  const given = parse(text)
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new FormError('bad-input', 'form_body_unreadable', `The body cannot be read; allowed: ${allowed}.`, { field: 'body', allowed })
  return { plain: false, given: given as Body['given'] }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function senderOf(request: FastifyRequest): Sender {
  return { ip: request.ip, userAgent: request.headers['user-agent'], referrer: request.headers.referer }
}

/** The page of the form, for a way back to it. */
function backOf(request: FastifyRequest): string | null {
  const said = typeof request.body === 'string' ? new URLSearchParams(request.body).get(formPlaces.page) : null
  return [said, request.headers.referer].find((one) => typeof one === 'string' && /^https?:\/\//.test(one)) ?? null
}
