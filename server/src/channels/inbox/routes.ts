import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { answerFailure, problemsOf, sendEvents } from '../../platform/http/index.ts'
import { ChannelError } from '../errors.ts'
import { recordTouch, type RecordDeps } from '../links/record.ts'
import type { Links } from '../links/index.ts'
import type { Feed } from './feed.ts'

export interface InboxDeps extends RecordDeps {
  readonly links: Links
  readonly feed: Feed
}

const listSchema = z.object({ limit: z.coerce.number().int().min(1).max(100).default(30), before: z.coerce.number().int().optional() })
/** Without `ids`, all. `clicked` also says that the person went where the notification leads. */
const readSchema = z.object({
  ids: z.array(z.string().max(200)).max(500).optional(),
  action: z.enum(['opened', 'clicked']).default('opened'),
})

// A wildcard, because a parameter of a route is at most 100 characters long unless the whole server says otherwise.
interface TokenRoute {
  Params: { '*': string }
}

/**
 * Registers the inbox of one person: `GET /inbox/TOKEN`, `GET /inbox/TOKEN/stream` (server-sent events) and
 * `POST /inbox/TOKEN/read`. The signed token is all the access there is, so any origin may ask.
 */
export function registerInboxRoutes(app: FastifyInstance, deps: InboxDeps): void {
  const open = new Set<AbortController>()
  app.setErrorHandler(answerFailure)
  app.addHook('onRequest', async (_request, reply) => {
    reply
      .header('access-control-allow-origin', '*')
      .header('access-control-allow-methods', 'GET, POST, OPTIONS')
      .header('access-control-allow-headers', 'content-type, last-event-id')
      .header('access-control-max-age', '86400')
    reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
  })
  app.addHook('preClose', async () => {
    for (const controller of open) controller.abort()
    deps.feed.stop()
  })
  app.options('/inbox/*', async (_request, reply) => reply.code(204).send())

  app.get<TokenRoute>('/inbox/*', async (request, reply) => {
    const [token = '', rest] = request.params['*'].split('/')
    const profileId = whose(token, deps.links)
    if (rest === 'stream') return stream(profileId, reply)
    if (rest !== undefined) throw unknownPath(rest)
    const { limit, before } = parse(listSchema, request.query)
    return deps.feed.read(profileId, limit, before ?? null)
  })

  app.post<TokenRoute>('/inbox/*', async (request) => {
    const [token = '', rest] = request.params['*'].split('/')
    const profileId = whose(token, deps.links)
    if (rest !== 'read') throw unknownPath(rest ?? '')
    const { ids, action } = parse(readSchema, request.body ?? {})
    const at = Date.now()
    const fresh = await deps.feed.markRead(profileId, ids ?? null, at)
    const opened = fresh.map((id) => recordTouch(deps, { profileId, id }, { kind: 'opened', machine: false, at }))
    const clicked =
      action === 'clicked' ? (ids ?? []).map((id) => recordTouch(deps, { profileId, id }, { kind: 'clicked', machine: false, at })) : []
    await Promise.all([...opened, ...clicked])
    return { read: fresh.length }
  })

  function stream(profileId: string, reply: FastifyReply): Promise<void> {
    const controller = new AbortController()
    open.add(controller)
    reply.raw.once('close', () => {
      open.delete(controller)
      controller.abort()
    })
    return sendEvents(reply, deps.feed.follow(profileId, controller.signal), controller.signal)
  }
}

function unknownPath(rest: string): ChannelError {
  return new ChannelError(
    'not-found',
    'inbox_request_invalid',
    `There is no /inbox/TOKEN/${rest.slice(0, 50)}; allowed: GET /inbox/TOKEN, GET /inbox/TOKEN/stream, POST /inbox/TOKEN/read.`,
    { field: 'path', allowed: '/inbox/TOKEN, /inbox/TOKEN/stream, /inbox/TOKEN/read' },
  )
}

function whose(token: string, links: Links): string {
  const profileId = links.readInbox(token, Date.now())
  if (profileId === null)
    throw new ChannelError(
      'not-signed-in',
      'inbox_token_invalid',
      'This inbox token is not valid or has expired. Ask for a new one: POST /api/people/ID/inbox-token.',
      { field: 'token', allowed: 'a token that was made for one person and has not expired' },
    )
  return profileId
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const problems = problemsOf(result.error, input)
  throw new ChannelError('bad-input', 'inbox_request_invalid', problems[0]?.message ?? 'The request cannot be read.', {
    ...(problems[0] && { field: problems[0].field, value: problems[0].value, allowed: problems[0].allowed }),
    problems,
  })
}
