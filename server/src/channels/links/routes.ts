import { consentChannels } from '@throughline/contracts'
import type { FastifyInstance } from 'fastify'
import { sendPage } from '../../platform/http/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import { isMachine } from './machine.ts'
import { brokenLinkPage, preferencePage } from './page.ts'
import { readPreferences, setPreferences, unsubscribe, type PreferenceDeps } from './preferences.ts'
import { recordTouch } from './record.ts'
import { makeRedirects } from './redirect.ts'
import type { Links } from './tokens.ts'

export interface LinkDeps extends PreferenceDeps {
  readonly links: Links
  readonly log: Logger
}

/** A transparent GIF of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

// A wildcard, because a parameter of a route is at most 100 characters long unless the whole server says otherwise.
interface TokenRoute {
  Params: { '*': string }
}

/** Registers `/o/TOKEN`, `/c/TOKEN` and `/u/TOKEN`. Expects an app of its own (it reads every body as text). */
export function registerLinkRoutes(app: FastifyInstance, deps: LinkDeps): void {
  const { links, log } = deps
  const redirected = makeRedirects(deps.pool)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 16_384 }, (_request, body, done) => done(null, body))

  const note = (work: Promise<void>): void => {
    work.catch((error: unknown) => log.warn({ err: error }, 'could not record that a message was opened or clicked'))
  }

  app.get<TokenRoute>('/o/*', async (request, reply) => {
    const ref = links.readOpen(request.params['*'])
    if (ref !== null && request.method === 'GET')
      note(recordTouch(deps, ref, { kind: 'opened', machine: isMachine(request.headers), at: Date.now() }))
    return reply.header('content-type', 'image/gif').header('cache-control', 'no-store').send(PIXEL)
  })

  app.get<TokenRoute>('/c/*', async (request, reply) => {
    const found = links.readClick(request.params['*'])
    if (found === null) return sendPage(reply, 404, brokenLinkPage())
    if (request.method === 'GET')
      note(recordTouch(deps, found, { kind: 'clicked', url: found.url, machine: isMachine(request.headers), at: Date.now() }))
    // Only an address that we signed, or that an editor has put in its place; nothing in the request has a say in where this leads.
    const url = await redirected(found, found.url).catch((error: unknown) => {
      log.warn({ err: error }, 'could not look where a link leads by now')
      return found.url
    })
    return reply.code(302).header('location', url).header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').send()
  })

  // Scanners follow links: looking changes nothing.
  app.get<TokenRoute>('/u/*', async (request, reply) => {
    const ref = links.readUnsubscribe(request.params['*'])
    if (ref === null) return sendPage(reply, 404, brokenLinkPage())
    const [preferences, settings] = await Promise.all([readPreferences(deps, ref.profileId), deps.settings()])
    return sendPage(reply, 200, preferencePage(settings.name, preferences, null))
  })

  // RFC 8058: a POST without cookies or context, never answered by a redirect. Whatever does not come from our page is one.
  app.post<TokenRoute & { Body: string | undefined }>('/u/*', async (request, reply) => {
    const ref = links.readUnsubscribe(request.params['*'])
    if (ref === null) return sendPage(reply, 404, brokenLinkPage())
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
    const settings = await deps.settings()
    if (form.get('action') === 'preferences') {
      const offered = form.getAll('offered')
      const choices = consentChannels.filter((channel) => offered.includes(channel))
      const preferences = await setPreferences(deps, ref, new Map(choices.map((channel) => [channel, form.has(channel)])))
      return sendPage(reply, 200, preferencePage(settings.name, preferences, 'Saved. Your choices hold from now on.'))
    }
    await unsubscribe(deps, ref, form.get('action') === 'unsubscribe' ? 'page' : 'one-click')
    return sendPage(
      reply,
      200,
      preferencePage(
        settings.name,
        await readPreferences(deps, ref.profileId),
        'You are unsubscribed. You will get no more news and offers this way.',
      ),
    )
  })
}
